//! Open sessions on warehouses: who may have one, and for how long it is waited for.

pub mod slots;
