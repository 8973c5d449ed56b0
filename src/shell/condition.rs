//! `\if`, `\elif`, `\else` and `\endif`: the branches that a script is in.

use super::argument::{self, Expansion};
use super::variables::boolean;
use super::{Flow, Input, Shell, place};
use crate::error::{CommandError, Error};
use crate::sign::shown;
use crate::sql::splitter::Piece;

/// A branch of an `\if`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ConditionBranch {
    /// It runs.
    Active,
    /// It is skipped, and a later one may run.
    Waiting,
    /// It is skipped, and so is every later one.
    Done,
    /// The `\else` runs.
    ActiveElse,
    /// The `\else` is skipped.
    SkippedElse,
}

/// The open `\if`s, the innermost last. Each file closes its own.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    branches: Vec<ConditionBranch>,
    /// The number of those that the files around this one have opened.
    outside: usize,
}

/// A command that begins, changes or ends a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConditionCommand {
    If,
    Elif,
    Else,
    Endif,
}

impl ConditionCommand {
    /// The command of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "\\if" => Some(Self::If),
            "\\elif" => Some(Self::Elif),
            "\\else" => Some(Self::Else),
            "\\endif" => Some(Self::Endif),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::If => "\\if",
            Self::Elif => "\\elif",
            Self::Else => "\\else",
            Self::Endif => "\\endif",
        }
    }
}

impl Conditions {
    /// True if statements run here.
    pub fn is_active(&self) -> bool {
        matches!(
            self.branches.last(),
            None | Some(ConditionBranch::Active | ConditionBranch::ActiveElse)
        )
    }

    /// Begins a file. The result is for [`Self::leave`].
    pub fn enter(&mut self) -> usize {
        std::mem::replace(&mut self.outside, self.branches.len())
    }

    /// Ends a file. False if it left an `\if` open.
    pub fn leave(&mut self, outside: usize) -> bool {
        let is_closed = self.branches.len() <= self.outside;
        self.branches.truncate(self.outside);
        self.outside = outside;
        is_closed
    }

    /// Carries out a command. The expression is evaluated only where its value counts.
    pub fn step(
        &mut self,
        command: ConditionCommand,
        expression: impl FnOnce() -> Result<bool, CommandError>,
    ) -> Result<(), CommandError> {
        let branch_for = |is_true| {
            if is_true {
                ConditionBranch::Active
            } else {
                ConditionBranch::Waiting
            }
        };
        if command == ConditionCommand::If {
            let branch = if self.is_active() {
                branch_for(expression()?)
            } else {
                ConditionBranch::Done
            };
            self.branches.push(branch);
            return Ok(());
        }
        let name = command.name();
        let of_file = self.branches.get_mut(self.outside..).unwrap_or_default();
        let Some(branch) = of_file.last_mut() else {
            return Err(CommandError::new(format!("{name}: no matching \\if")));
        };
        *branch = match (command, *branch) {
            (ConditionCommand::Endif, _) => {
                self.branches.pop();
                return Ok(());
            }
            (_, ConditionBranch::ActiveElse | ConditionBranch::SkippedElse) => {
                return Err(CommandError::new(format!("{name}: cannot occur after \\else")));
            }
            (ConditionCommand::Else, ConditionBranch::Waiting) => ConditionBranch::ActiveElse,
            (ConditionCommand::Else, ConditionBranch::Active | ConditionBranch::Done) => {
                ConditionBranch::SkippedElse
            }
            (ConditionCommand::If | ConditionCommand::Elif, ConditionBranch::Waiting) => {
                branch_for(expression()?)
            }
            (
                ConditionCommand::If | ConditionCommand::Elif,
                ConditionBranch::Active | ConditionBranch::Done,
            ) => ConditionBranch::Done,
        };
        Ok(())
    }
}

/// The error at the end of a file, in psql's words.
fn unclosed() -> CommandError {
    CommandError::new("reached EOF without finding closing \\endif(s)")
}

impl Shell {
    /// `\if` and the like. As in psql, an expression that is neither true nor false counts as
    /// false.
    pub(super) fn run_condition(
        &mut self,
        command: ConditionCommand,
        text: &str,
        piece: &Piece<'_>,
        input: &Input,
    ) -> Flow {
        let expansion = Expansion {
            variables: &self.variables,
            children: &self.children,
        };
        let mut unrecognized = None;
        let stepped = self.conditions.step(command, || {
            let words = argument::words(text, &expansion)?;
            let words: Vec<String> = words.into_iter().map(|word| word.text).collect();
            let value = boolean(&words.join(" "));
            if value.is_none() {
                unrecognized = Some(words.join(" "));
            }
            Ok(value.unwrap_or(false))
        });
        if let Some(text) = unrecognized {
            self.output.warn(format!(
                "unrecognized value \"{}\" for \"\\if expression\": Boolean expected",
                shown(&text)
            ));
        }
        match stepped {
            Ok(()) => Flow::Go,
            Err(error) => {
                let error = place::locate(Error::new(error), piece, input, None);
                self.fail(&error)
            }
        }
    }

    /// True if statements run here: no `\if` skips them.
    pub fn is_active(&self) -> bool {
        self.conditions.is_active()
    }

    /// Begins a file. The result is for [`Self::leave_file`].
    pub fn enter_file(&mut self) -> usize {
        self.conditions.enter()
    }

    /// Ends a file, which must have closed its `\if`s unless it ended early.
    pub fn leave_file(&mut self, outside: usize, flow: Flow) -> Flow {
        let is_closed = self.conditions.leave(outside);
        if is_closed || flow != Flow::Go {
            return flow;
        }
        self.fail(&Error::new(unclosed()))
    }
}

#[cfg(test)]
mod tests {
    use super::ConditionCommand::{Elif, Else, Endif, If};
    use super::*;

    /// The commands with their values, and True for each after which statements run.
    fn active(steps: &[(ConditionCommand, bool)]) -> Vec<bool> {
        let mut conditions = Conditions::default();
        let step = |(command, value): &(ConditionCommand, bool)| {
            conditions.step(*command, || Ok(*value)).unwrap();
            conditions.is_active()
        };
        steps.iter().map(step).collect()
    }

    #[test]
    fn the_first_true_branch_runs() {
        let t = true;
        let f = false;
        assert_eq!(active(&[(If, t), (Elif, t), (Else, t), (Endif, t)]), [t, f, f, t]);
        assert_eq!(active(&[(If, f), (Elif, t), (Elif, t), (Else, t)]), [f, t, f, f]);
        assert_eq!(active(&[(If, f), (Else, f), (Endif, f)]), [f, t, t]);
        assert_eq!(active(&[(If, f), (If, t), (Else, t), (Endif, t), (Else, t)]), [f, f, f, f, t]);
    }

    #[test]
    fn a_branch_without_its_if_is_an_error() {
        let mut conditions = Conditions::default();
        for command in [Elif, Else, Endif] {
            let error = conditions.step(command, || Ok(true)).unwrap_err();
            assert!(error.message.ends_with("no matching \\if"));
        }
        conditions.step(If, || Ok(true)).unwrap();
        conditions.step(Else, || Ok(true)).unwrap();
        for command in [Elif, Else] {
            let error = conditions.step(command, || Ok(true)).unwrap_err();
            assert!(error.message.ends_with("cannot occur after \\else"));
        }
        // A file cannot close what the file around it has opened.
        let outside = conditions.enter();
        assert!(conditions.step(Endif, || Ok(true)).is_err());
        conditions.step(If, || Ok(false)).unwrap();
        assert!(!conditions.leave(outside) && !conditions.is_active());
    }
}
