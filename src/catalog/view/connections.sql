-- system.information_schema.connections
SELECT
    name,
    'redshift' AS kind,
    host,
    nullif(port, 0) AS port,
    database_name AS database,
    nullif(user_name, '') AS user_name,
    max_concurrent_connections,
    password_place(secret_store, secret_id) AS password,
    password_command,
    aws_profile,
    aws_role,
    external_id,
    aws_region,
    cluster,
    workgroup,
    auto_create_user,
    db_groups,
    aws_secret,
    ssh_tunnel,
    coalesce(protection, 'NONE') AS protection,
    color,
    (SELECT count(*) FROM main.warehouse_table WHERE connection_id = connection.id)
        + (SELECT count(DISTINCT job_id) FROM main.job_reference WHERE connection_id = connection.id) AS usages,
    comment,
    datetime(created_at, 'unixepoch') AS created_at,
    datetime(altered_at, 'unixepoch') AS altered_at
FROM main.connection
