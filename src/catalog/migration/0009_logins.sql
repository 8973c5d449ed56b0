-- Logins through AWS, and passwords that a program prints. Then secret_store has the word of the keeper in place of
-- that of a store, and secret_id is ''. user_name is '' where the user follows from elsewhere. port is 0 and host is
-- `cluster:region` where the URL names only those.
ALTER TABLE connection ADD COLUMN password_command TEXT;
ALTER TABLE connection ADD COLUMN aws_profile TEXT;
ALTER TABLE connection ADD COLUMN aws_role TEXT;
ALTER TABLE connection ADD COLUMN external_id TEXT;
ALTER TABLE connection ADD COLUMN aws_region TEXT;
ALTER TABLE connection ADD COLUMN cluster TEXT;
ALTER TABLE connection ADD COLUMN workgroup TEXT;
ALTER TABLE connection ADD COLUMN auto_create_user TEXT;
ALTER TABLE connection ADD COLUMN db_groups TEXT;
ALTER TABLE connection ADD COLUMN aws_secret TEXT;
