//! The stand-in, asked by clients that are not redwire.
