//! SQL of Redshift that the parser lacks, each kind with its variants.

use sqlparser::keywords::ALL_KEYWORDS;
use sqlparser::tokenizer::Tokenizer;

use super::DATE_PARTS;
use super::dialect::Redshift;
use super::rewrite::rewrite;
use crate::sql::dialect::Dialect;
use crate::sql::keyword::is_reserved_on_warehouse;
use crate::sql::token::{TokenList, code_tokens};
use crate::sql::{Statement, parse};

/// The sources of the query; with the error's place and message if it is refused.
fn sources(query: &str, is_checked: bool) -> Result<Vec<String>, String> {
    let options = if is_checked { "" } else { "SKIP_ALL_VALIDATIONS = TRUE " };
    let text = format!("CREATE JOB j {options}AS INSERT INTO c.s.target {query}");
    match parse(&text) {
        Ok(Statement::CreateJob(job)) => {
            Ok(job.body.sources.iter().map(|source| source.name.sql()).collect())
        }
        Ok(other) => panic!("{other}"),
        Err(error) => Err(format!("{}: {error}", &text[error.span.clone()])),
    }
}

/// Checks that the query is taken, with these sources also without the check.
fn taken(query: &str, expected: &[&str]) {
    for is_checked in [true, false] {
        let found = sources(query, is_checked).unwrap_or_else(|error| panic!("{query}: {error}"));
        assert_eq!(found, expected, "{query}");
    }
}

/// Checks that each expression is taken, as an item and in a condition.
fn taken_in_select(expressions: &[&str]) {
    for expression in expressions {
        taken(&format!("SELECT {expression} AS x FROM c.s.t t"), &["c.s.t"]);
        taken(&format!("SELECT {expression}, b FROM c.s.t t, c.s.u"), &["c.s.t", "c.s.u"]);
        taken(&format!("SELECT a FROM c.s.t t WHERE f({expression}) = 1"), &["c.s.t"]);
    }
}

#[test]
fn an_outer_join_may_be_written_with_a_plus() {
    for condition in [
        "a.k = b.k(+)",
        "a.k(+) = b.k",
        "a.k = b.k (+) AND b.x(+) = 'y' AND a.z = b.z ( + )",
        "a.\"K\" = b.\"K\"(+)",
        "a.k = c.s.b.k(+)",
        "k = l(+)",
        "nvl(a.k, 0) = b.k(+) AND (a.x = b.x(+))",
        "a.k = b.k(+) + 1",
        "b.k(+) BETWEEN 1 AND 2",
        "a.k = b.arr[0](+)",
        "a.k = b.k/* c */(+)",
    ] {
        let found = sources(&format!("SELECT 1 FROM c.s.a a, c.s.b WHERE {condition}"), true);
        assert!(found.is_ok_and(|found| found[..2] == ["c.s.a", "c.s.b"]), "{condition}");
    }
    assert!(sources("SELECT 1 FROM c.s.a WHERE k = (+)", true).is_err());
    assert!(sources("SELECT 1 FROM c.s.a WHERE (+) = k", true).is_err());
}

#[test]
fn each_date_part_is_taken_in_extract() {
    assert!(DATE_PARTS.is_sorted());
    for part in DATE_PARTS {
        taken_in_select(&[
            &format!("extract({part} FROM t.a)"),
            &format!("EXTRACT ( {} FROM timestamp '2020-01-01')", part.to_lowercase()),
        ]);
    }
    taken_in_select(&["extract('mon' FROM a)", "extract(\"mon\" FROM a)", "date_part(mon, a)"]);
    let error = sources("SELECT extract(mnth FROM a) FROM c.s.t", true).unwrap_err();
    assert!(error.starts_with("mnth: "), "{error}");
}

#[test]
fn grouping_sets_are_taken_in_every_form() {
    for group in [
        "GROUPING SETS ((a), (b), ())",
        "GROUPING SETS (a, b)",
        "GROUPING SETS ((a, b), a, ())",
        "grouping sets ((a,b),(a))",
        "ROLLUP (a, b)",
        "ROLLUP((a, b), c)",
        "CUBE (a, (b, c))",
        "a, ROLLUP (b)",
        "GROUPING SETS (ROLLUP (a, b), CUBE (c), (d), ())",
        "GROUPING SETS (GROUPING SETS ((a), ()), b)",
        "a, GROUPING SETS ((b), (c)), CUBE (d)",
        "GROUPING SETS ((date_trunc('month', a)), (f(b, c)))",
        "()",
        "a, ()",
    ] {
        taken(
            &format!("SELECT a, grouping(a), sum(c) AS c FROM c.s.t GROUP BY {group}"),
            &["c.s.t"],
        );
        taken(
            &format!("SELECT a FROM c.s.t GROUP BY {group} HAVING count(*) > 1 ORDER BY 1 LIMIT 2"),
            &["c.s.t"],
        );
    }
    for group in ["GROUPING SETS", "GROUPING SETS (a", "ROLLUP (a,)", "GROUPING SETS a"] {
        assert!(sources(&format!("SELECT a FROM c.s.t GROUP BY {group}"), true).is_err());
    }
}

#[test]
fn an_approximate_aggregate_is_taken() {
    taken_in_select(&[
        "APPROXIMATE COUNT(DISTINCT a)",
        "approximate count ( distinct t.a )",
        "APPROXIMATE PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY a)",
        "1 + APPROXIMATE COUNT(DISTINCT a) * 2",
        "coalesce(APPROXIMATE COUNT(DISTINCT a), 0)",
        "approximate",
        "t.approximate",
    ]);
    assert!(sources("SELECT APPROXIMATE sum(a) b c FROM c.s.t", true).is_err());
}

#[test]
fn each_form_of_trim_is_taken() {
    let mut forms =
        vec!["trim(a)".to_owned(), "trim(a, 'x')".to_owned(), "trim(FROM a)".to_owned()];
    for side in ["both", "LEADING", "trailing"] {
        forms.extend(["", " 'x'", " chr(32)", " t.b"].map(|c| format!("trim({side}{c} FROM t.a)")));
        forms.push(format!("trim({side} a)"));
    }
    forms.push("trim('x' FROM a)".to_owned());
    forms.push("btrim(a, 'x') || ltrim(b) || rtrim(b, 'y')".to_owned());
    taken_in_select(&forms.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_subscript_may_be_an_expression() {
    taken_in_select(&[
        "t.arr[i]",
        "arr[i]::varchar",
        "arr[i]::int + 1",
        "arr[i-1]",
        "arr[i + 1].b",
        "arr[0].b[i].c",
        "f(arr[i])",
        "arr[t.i][t.j]",
        "arr[f(i)]",
        "arr[ i ]",
        "t.arr[(SELECT 1)]",
        "arr[\"i\"]",
        "arr['i']",
        "split_part(a, ',', 1)",
        "array(1, 2)[i]",
    ]);
    taken("SELECT arr[i] x, v FROM c.s.t t, t.b AS v AT i, c.s.u", &["c.s.t", "c.s.u"]);
    taken("SELECT v FROM c.s.t t, t.b[t.i] AS v, c.s.u", &["c.s.t", "c.s.u"]);
    taken("SELECT i FROM c.s.t t, t.b AT i, t.d[0] at j, c.s.u", &["c.s.t", "c.s.u"]);
    taken(
        "SELECT i, t.z AT TIME ZONE 'x' FROM c.s.t t, t.b v AT i WHERE i > 1",
        &["c.s.t"],
    );
    taken("SELECT t.b at FROM c.s.t t JOIN c.s.u at ON at.a = t.a", &["c.s.t", "c.s.u"]);
    taken("SELECT v FROM c.s.t t, t.b[t.i - 1].d v, v.e", &["c.s.t"]);
    taken("SELECT t.arr[(SELECT max(i) FROM c.s.u)] FROM c.s.t", &["c.s.u", "c.s.t"]);
}

#[test]
fn isnull_and_notnull_stand_behind_an_operand() {
    taken_in_select(&[
        "a ISNULL",
        "a notnull",
        "t.a isnull AND t.b NOTNULL",
        "NOT a ISNULL",
        "(a + 1) ISNULL OR 'x' NOTNULL",
        "f(a) ISNULL",
        "arr[1] ISNULL",
        "\"a\" ISNULL",
        "CASE WHEN a ISNULL THEN 1 WHEN b NOTNULL THEN 2 END",
        "isnull(a, b)",
        "isnull (a, b)",
    ]);
}

#[test]
fn operators_of_redshift_are_taken() {
    taken_in_select(&[
        "|/ a",
        "|/25",
        "||/ 27",
        "||/a",
        "@ a",
        "@a",
        "@ -5",
        "@(a - b)",
        "1 + |/ a",
        "~ a",
        "a # b",
        "a & b | c",
        "a << 1 >> 2",
        "a ^ 2",
        "a % 2",
        "5 !",
        "a!",
        "(a + 1)! + b!",
        "!! 5",
        "a ~ 'x'",
        "a ~* 'x'",
        "a !~ 'x'",
        "a !~* 'x'",
        "a || b",
        "a ||/* c */ b",
        "a <> b",
        "a != b",
    ]);
}

#[test]
fn a_cast_to_an_interval_takes_each_qualifier() {
    for qualifier in [
        "",
        "year",
        "month",
        "year to month",
        "day",
        "hour",
        "minute",
        "second",
        "day to hour",
        "day to minute",
        "DAY TO SECOND",
        "hour to minute",
        "hour to second",
        "minute to second",
        "day to second (3)",
        "second(6)",
    ] {
        taken_in_select(&[
            &format!("a::interval {qualifier}"),
            &format!("cast(a AS interval {qualifier})"),
            &format!("(t.a - b)::interval {qualifier}"),
        ]);
    }
    taken_in_select(&["interval '1-2' year to month", "interval '1 day'", "INTERVAL '2' DAY"]);
}

#[test]
fn an_alias_without_as_may_be_any_word_that_redshift_does_not_reserve() {
    // Words that begin something where they stand, whoever reserves them.
    let others = ["END-EXEC", "EXISTS", "LATERAL", "TABLESAMPLE", "TRIM"];
    let words = ALL_KEYWORDS.iter().chain(&["settings", "items", "perc"]);
    for word in words.filter(|word| !is_reserved_on_warehouse(word) && !others.contains(word)) {
        taken(&format!("SELECT a {word} FROM c.s.t"), &["c.s.t"]);
        taken(&format!("SELECT f(a) {word}, (b + 1) {word} FROM c.s.t"), &["c.s.t"]);
        taken(&format!("SELECT 1 FROM c.s.t {word} WHERE {word}.a = 1"), &["c.s.t"]);
        taken(
            &format!("SELECT 1 FROM c.s.t {word}, {word}.items i, c.s.u"),
            &["c.s.t", "c.s.u"],
        );
        taken(&format!("SELECT 1 FROM (SELECT a FROM c.s.t) {word} ORDER BY 1"), &["c.s.t"]);
    }
    for query in [
        "SELECT a FROM c.s.t START WITH a = 1 CONNECT BY PRIOR a = b",
        "SELECT a FROM c.s.t FETCH FIRST 1 ROWS ONLY",
        "SELECT * EXCLUDE (a) FROM c.s.t",
        "SELECT * EXCLUDE a FROM c.s.t",
        "SELECT a FROM c.s.t QUALIFY row_number() OVER (ORDER BY a) = 1",
        "SELECT a FROM (SELECT 1 AS a) cluster CROSS JOIN c.s.t settings",
        "SELECT count(*) over, (SELECT f(a) over), b by FROM c.s.t",
        "SELECT sum(a) OVER w, b by FROM c.s.t WINDOW w AS (ORDER BY b)",
        "SELECT max(a) OVER (PARTITION BY b) over FROM c.s.t by GROUP BY by.a ORDER BY over",
    ] {
        taken(query, &["c.s.t"]);
    }
    for word in ["select", "where", "order", "offset", "tag", "top", "open", "user", "limit"] {
        assert!(sources(&format!("SELECT a {word} FROM c.s.t"), true).is_err(), "{word}");
    }
    for query in [
        "SELECT a FROM c.s.t GROUP BY",
        "SELECT a FROM c.s.t ORDER BY LIMIT 1",
        "SELECT f(a) OVER (PARTITION BY) FROM c.s.t",
        "SELECT f(a) OVER OVER b c FROM c.s.t",
    ] {
        assert!(sources(query, true).is_err(), "{query}");
    }
}

#[test]
fn a_row_of_nots_is_as_deep_as_it_is_long() {
    for count in [2, 500, 800, 1_900] {
        taken(&format!("SELECT {}a FROM c.s.t", "NOT ".repeat(count)), &["c.s.t"]);
        taken(&format!("SELECT {}a FROM c.s.t", "- ".repeat(count)), &["c.s.t"]);
    }
}

#[test]
fn a_comment_is_one_token_for_the_parser() {
    for comment in ["/* c */", "/*c*/", "-- c\n", "-- c\r", "/* /* 'é */ \" */", "     ", "/**/"] {
        for query in [
            "SELECT a || /**/ b, a | /**/ b, a - /**/ b FROM c.s.t /**/ t WHERE a /**/ = 'x /* y'",
            "SELECT/**/a/**/,/**/b/**/FROM/**/c/**/./**/s/**/./**/t/**/WHERE/**/a/**/=/**/1",
        ] {
            taken(&query.replace("/**/", comment), &["c.s.t"]);
        }
    }
    let long = format!("SELECT a /*{}*/ FROM c.s.t WHERE b c", "é".repeat(1_000));
    let code = code_tokens(&long, Dialect::Catalog);
    let rewritten = rewrite(TokenList { source: &long, tokens: &code }, &(0..code.len()));
    assert_eq!(rewritten.text.len(), long.len());
    assert!(Tokenizer::new(&Redshift, &rewritten.text).tokenize().unwrap().len() < 30);
    assert!(sources(&long, true).unwrap_err().starts_with("c: "));
}

#[test]
fn object_transform_has_clauses_between_its_arguments() {
    taken_in_select(&[
        "object_transform(a)",
        "object_transform(a KEEP '\"x\"', '\"y\"')",
        "object_transform(t.a SET '\"x\"', upper(t.b))",
        "OBJECT_TRANSFORM(a keep '\"x\"' set '\"x\".\"y\"', 1, 'z', object_transform(b set 'z', 2))",
        "keep",
    ]);
    assert!(sources("SELECT f(a KEEP 'x') FROM c.s.t", true).is_err());
}

#[test]
fn a_cast_takes_types_of_several_words() {
    for name in [
        "national character(5)",
        "NATIONAL CHAR",
        "national character varying (9)",
        "national char varying(9)",
        "binary varying(9)",
        "BINARY VARYING",
        "character varying",
        "double precision",
        "timestamp with time zone",
        "time without time zone",
    ] {
        taken_in_select(&[&format!("a::{name}"), &format!("cast(t.a AS {name})")]);
    }
}

proptest::proptest! {
    #[test]
    fn every_token_keeps_its_place(
        text in "(a |1 |'x' |\"q\" |é |\\( |\\) |\\(\\+\\)|\\[|\\]|, |isnull |NOTNULL |approximate |count\\(|percentile_disc\\(\
                 |grouping sets\\(|trim\\(|both |from |over |\
                 a\\.b at |object_transform\\(|keep |set |national |char |binary varying |!|\
                 /\\*é\\*/|--\n|          |\\|\\|){0,30}",
    ) {
        let code = code_tokens(&text, Dialect::Catalog);
        let list = TokenList { source: &text, tokens: &code };
        let rewritten = rewrite(list, &(0..code.len()));
        let start = list.span_of(&(0..code.len())).start;
        for token in &rewritten.tokens {
            let place = token.span.start - start..token.span.end - start;
            let found = rewritten.text.get(place);
            proptest::prop_assert!(
                found == Some(token.text(&text))
                    || found.is_some_and(|found| ["::date", "____", ",   ", ",  "].contains(&found)),
                "{text}: {}",
                rewritten.text
            );
        }
    }
}
