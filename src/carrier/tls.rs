//! Which cryptography every TLS connection of the carriers uses.

use rustls::crypto::ring;

/// Makes ring the process's TLS provider.
///
/// reqwest is built without a provider of its own, so each carrier calls this before it builds its client.
/// Only the first call in a process has an effect, and whoever installed one earlier keeps it.
pub(super) fn install_provider() {
    // The error only says that a provider is there already, which is what we want.
    let _already_there = ring::default_provider().install_default();
}
