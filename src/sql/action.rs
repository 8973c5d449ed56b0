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
use super::lexical::{Parsed, expect, fail, fail_at, keyword, span_between, symbol, word};
use super::name::{Named, Spanned, name};
use super::option::OptionSpec;
use super::setting::{Options, Setting, Settings, option_name, setting};
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
        let is_reset = self.resets.iter().any(|reset| reset.name == option.name);
        match set {
            Some(value) => Some(Change::Set(value)),
            None => is_reset.then_some(Change::Reset),
        }
    }
}

/// Prints the actions, each with a space before it.
impl<N: fmt::Display> fmt::Display for Actions<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, setting) in self.settings.0.iter().enumerate() {
            f.write_str(if index == 0 { " SET " } else { ", " })?;
            setting.fmt(f)?;
        }
        for option in &self.resets {
            write!(f, " RESET {}", option.name)?;
        }
        match &self.new_name {
            Some(name) => write!(f, " RENAME TO {}", name.value),
            None => Ok(()),
        }
    }
}

enum Action<N> {
    Set(Vec<Setting>),
    Reset(&'static OptionSpec),
    Rename(Spanned<N>),
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
    let (rest, action) = expect("SET, RESET or RENAME TO", |input| {
        action(options, source, is_over, &actions.settings, input)
    })(input)?;
    let place = object_of_action(input);
    match action {
        Action::Set(settings) => {
            if let Some(twice) =
                settings.iter().find(|setting| actions.resets.contains(&setting.option))
            {
                return fail(
                    place,
                    SqlErrorKind::Option(OptionError::ChangedTwice { what: twice.option.name }),
                );
            }
            actions.settings.0.extend(settings);
        }
        Action::Reset(option) if option.required => {
            return fail(
                place,
                SqlErrorKind::Option(OptionError::ResetOfRequired { option: option.name }),
            );
        }
        Action::Reset(option) if !option.mutable => {
            return fail(
                place,
                SqlErrorKind::Option(OptionError::Immutable { option: option.name }),
            );
        }
        Action::Reset(option)
            if actions.settings.find(option).is_some() || actions.resets.contains(&option) =>
        {
            return fail(
                place,
                SqlErrorKind::Option(OptionError::ChangedTwice { what: option.name }),
            );
        }
        Action::Reset(option) => actions.resets.push(option),
        Action::Rename(_) if actions.new_name.is_some() => {
            return fail(
                input,
                SqlErrorKind::Option(OptionError::ChangedTwice { what: "RENAME TO" }),
            );
        }
        Action::Rename(name) => actions.new_name = Some(name),
    }
    Ok((rest, ()))
}

/// The text after SET or RESET.
fn object_of_action(input: &str) -> &str {
    word(input).map_or(input, |(rest, _)| rest)
}

fn action<'a, N: Named>(
    options: Options,
    source: &'a str,
    is_over: &dyn Fn(&str) -> bool,
    given: &Settings,
    input: &'a str,
) -> Parsed<'a, Action<N>> {
    if let Ok((rest, ())) = keyword("SET")(input) {
        return set_action(options, source, is_over, given, rest);
    }
    if let Ok((rest, ())) = keyword("RESET")(input) {
        let (rest, option) =
            expect("the name of an option", |input| option_name(options, input))(rest)?;
        return Ok((rest, Action::Reset(option)));
    }
    let (rest, ()) = keyword("RENAME")(input)?;
    let (rest, ()) = expect("TO", keyword("TO"))(rest)?;
    let (after, name) = expect(N::NEW, |input| name(source, input))(rest)?;
    if after.starts_with('.') {
        return name_of_parts(N::NEW, source, rest, after);
    }
    Ok((after, Action::Rename(name)))
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
fn set_action<'a, N>(
    options: Options,
    source: &'a str,
    is_over: &dyn Fn(&str) -> bool,
    given: &Settings,
    input: &'a str,
) -> Parsed<'a, Action<N>> {
    let mut new = Settings::default();
    let mut rest = input;
    loop {
        let is_given =
            |option: &OptionSpec| given.find(option).or_else(|| new.find(option)).is_some();
        let (after, setting) =
            expect("the name of an option", |input| setting(options, source, is_given, input))(
                rest,
            )?;
        if !setting.option.mutable {
            let option = setting.option.name;
            return fail(rest, SqlErrorKind::Option(OptionError::Immutable { option }));
        }
        new.0.push(setting);
        let (after, comma) = opt(symbol(',', ",")).parse(after)?;
        rest = after;
        if comma.is_none() && (is_over(rest) || starts_action(rest)) {
            return Ok((rest, Action::Set(new.0)));
        }
    }
}

fn starts_action(input: &str) -> bool {
    alt((keyword("SET"), keyword("RESET"), keyword("RENAME"))).parse(input).is_ok()
}
