//! Alerts as mail: what is written, and how it is handed over.

mod compose;
mod html;
mod reply;
mod send;

pub(super) use self::send::send;

#[cfg(test)]
pub(super) use self::{
    compose::{compose, plain},
    html::page,
};
