//! The vault through the program: its passphrase, its file, several processes at once.
