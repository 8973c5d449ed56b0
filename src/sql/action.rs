//! The actions of ALTER: SET, RESET and RENAME TO.
//!
//! ```ebnf
//! actions = action, { action } ;
//! action  = "SET", options | "RESET", option name | "RENAME", "TO", name ;
//! ```

use std::fmt;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::opt;

use super::error::{NextToken, OptionError, SqlErrorKind};
use super::lexical::{Parsed, expect, fail, fail_at, keyword, span_between, symbol};
use super::name::{Named, Spanned, name};
use super::option::{OptionSpec, START_FROM};
use super::setting::{Options, Settings, option_name, setting};
use crate::name::Name;

/// The changes of one ALTER: either all are made or none.
#[derive(Clone, Debug)]
pub struct Actions<N> {
    /// The options of SET, each at most once.
    pub settings: Settings,
    /// The options of RESET, none of them required and none of them set.
    pub resets: Vec<&'static OptionSpec>,
    /// The name after RENAME TO.
    pub new_name: Option<Spanned<N>>,
}

/// The change of an optional option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<T> {
    /// SET gives it a value.
    Set(T),
    /// RESET gives it its default.
    Reset,
}

impl<T> Change<T> {
    /// The new value; None is the default.
    pub fn new_value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Reset => None,
        }
    }
}

impl<N> Actions<N> {
    /// The change of the option, which SET gives this value; None if it does not change.
    pub(super) fn change<T>(&self, option: &OptionSpec, set: Option<T>) -> Option<Change<T>> {
        match set {
            Some(value) => Some(Change::Set(value)),
            None => self.resets.contains(&option).then_some(Change::Reset),
        }
    }

    /// True if SET or RESET names the option.
    fn changes(&self, option: &OptionSpec) -> bool {
        self.settings.find(option).is_some() || self.resets.contains(&option)
    }
}

/// Prints the actions, each with a space before it.
impl<N: Named> fmt::Display for Actions<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, setting) in self.settings.0.iter().enumerate() {
            f.write_str(if index == 0 { " SET " } else { ", " })?;
            setting.fmt(f)?;
        }
        for option in &self.resets {
            write!(f, " RESET {}", option.name)?;
        }
        match &self.new_name {
            Some(name) => write!(f, " RENAME TO {}", name.value.sql()),
            None => Ok(()),
        }
    }
}

/// `actions`, up to the end or to a place where `ends` is true.
pub(super) fn actions<'a, N: Named>(
    options: Options,
    source: &'a str,
    ends: impl Fn(&str) -> bool,
    input: &'a str,
) -> Parsed<'a, Actions<N>> {
    let is_over = |rest: &str| rest.is_empty() || ends(rest);
    let mut actions = Actions {
        settings: Settings::default(),
        resets: Vec::new(),
        new_name: None,
    };
    let mut rest = add_action(options, source, &is_over, &mut actions, input)?.0;
    while !is_over(rest) {
        rest = add_action(options, source, &is_over, &mut actions, rest)?.0;
    }
    Ok((rest, actions))
}

fn add_action<'a, N: Named>(
    options: Options,
    source: &'a str,
    is_over: &dyn Fn(&str) -> bool,
    actions: &mut Actions<N>,
    input: &'a str,
) -> Parsed<'a, ()> {
    if let Ok((rest, ())) = keyword("SET")(input) {
        return add_settings(options, source, is_over, actions, rest);
    }
    if let Ok((rest, ())) = keyword("RESET")(input) {
        return add_reset(options, actions, rest);
    }
    let (rest, ()) = expect("SET, RESET or RENAME TO", keyword("RENAME"))(input)?;
    let (rest, ()) = expect("TO", keyword("TO"))(rest)?;
    let (after, name) = expect(N::NEW, |input| name(source, input))(rest)?;
    if after.starts_with('.') {
        return name_of_parts(N::NEW, source, rest, after);
    }
    if actions.new_name.is_some() {
        return fail(input, OptionError::Duplicate("RENAME TO"));
    }
    actions.new_name = Some(name);
    Ok((after, ()))
}

fn immutable(option: &OptionSpec) -> OptionError {
    if option.name == START_FROM.name {
        OptionError::ImmutableStart
    } else {
        OptionError::Immutable(option.name)
    }
}

/// `input` begins behind RESET.
fn add_reset<'a, N>(options: Options, actions: &mut Actions<N>, input: &'a str) -> Parsed<'a, ()> {
    let (rest, option) =
        expect("the name of an option", |input| option_name(options, input))(input)?;
    if option.is_always_required() {
        return fail(input, OptionError::ResetOfRequired(option.name));
    }
    if !option.mutable {
        return fail(input, immutable(option));
    }
    if actions.changes(option) {
        return fail(input, OptionError::Duplicate(option.name));
    }
    actions.resets.push(option);
    Ok((rest, ()))
}

/// The error of a qualified new name: RENAME cannot move an object.
fn name_of_parts<'a, O>(
    expected: &str,
    source: &str,
    input: &'a str,
    point: &str,
) -> Parsed<'a, O> {
    let mut end = point;
    while let Ok((rest, ())) = symbol('.', ".")(end) {
        end = name::<Name>(source, rest).map_or(rest, |(rest, _)| rest);
    }
    let kind = SqlErrorKind::Expected {
        expected: expected.to_owned(),
        found: NextToken::Token("a name with points".to_owned()),
        hint: Some("write the last part alone: RENAME TO new_name".to_owned()),
    };
    fail_at(input, span_between(source, input, end).len(), kind)
}

/// The settings after SET, up to the end or the next action.
fn add_settings<'a, N>(
    options: Options,
    source: &'a str,
    is_over: &dyn Fn(&str) -> bool,
    actions: &mut Actions<N>,
    input: &'a str,
) -> Parsed<'a, ()> {
    let mut rest = input;
    loop {
        let is_given = |option: &OptionSpec| actions.changes(option);
        let (after, setting) =
            expect("the name of an option", |input| setting(options, source, is_given, input))(
                rest,
            )?;
        if !setting.option.mutable {
            return fail(rest, immutable(setting.option));
        }
        actions.settings.0.push(setting);
        let (after, comma) = opt(symbol(',', ",")).parse(after)?;
        rest = after;
        if comma.is_none() && (is_over(rest) || starts_action(rest)) {
            return Ok((rest, ()));
        }
    }
}

fn starts_action(input: &str) -> bool {
    alt((keyword("SET"), keyword("RESET"), keyword("RENAME"))).parse(input).is_ok()
}
