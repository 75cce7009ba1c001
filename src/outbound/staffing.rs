//! Who works at the desk of a business: invited, let in, taken out, ended.
//!
//! What these do, `daybefore user` and the desk do alike; who may do it is each one's own question. `governs` answers it for
//! the desk, where a user may belong to businesses of several owners.

use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::link::Token;
use crate::domain::user::{LINK_FOR, Membership, Role, User};
use crate::store::{self, StoreError, Tx};

/// Somebody who is to sign in.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// As `domain::user::login` and `name` give them.
    pub login: String,
    pub name: String,
    pub locale: String,
    pub belongs: Vec<(&'a str, Role)>,
}

/// By whom something is done, for the history; nobody: by a command.
#[derive(Clone, Copy, Debug)]
pub struct By<'a>(pub Option<&'a str>);

/// Adds a user. None: there is one of that login already, perhaps an ended one.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, new: NewUser<'_>, by: By<'_>, now: Instant) -> Result<Option<User>, StoreError> {
    let user = User {
        id: new_id(now),
        login: new.login,
        name: new.name,
        locale: new.locale,
        created_at: now,
        ended_at: None,
        has_password: false,
    };
    if !store::user::add(tx, &user).await? {
        return Ok(None);
    }
    let mut businesses = Vec::with_capacity(new.belongs.len());
    for (business, role) in new.belongs {
        store::user::allow(tx, &user.id, business, role).await?;
        businesses.push(business);
    }
    note(tx, &user, None, ("added", &businesses.join(", ")), by, now).await?;
    Ok(Some(user))
}

/// Makes a link by which a user chooses a password, in place of those before, and until when it works.
///
/// # Errors
/// When the database fails.
pub async fn new_link(tx: &mut Tx, user: &User, by: By<'_>, now: Instant) -> Result<(Token, Instant), StoreError> {
    let token = Token::new(rand::random());
    let until = now + LINK_FOR;
    store::user_link::end_all(tx, &user.id).await?;
    store::user_link::add(tx, &token.hash(), &user.id, until).await?;
    note(tx, user, None, ("link", "to choose a password"), by, now).await?;
    Ok((token, until))
}

/// Lets a user into a business, or changes what they may do there.
///
/// # Errors
/// When the database fails.
pub async fn allow(
    tx: &mut Tx,
    user: &User,
    (business, role): (&str, Role),
    by: By<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    store::user::allow(tx, &user.id, business, role).await?;
    note(tx, user, Some(business), ("allowed", role.as_str()), by, now).await
}

/// Takes a user out of a business: from their next click on they see nothing of it. Who belongs to no other is signed out
/// everywhere. False: they did not belong to it.
///
/// # Errors
/// When the database fails.
pub async fn deny(tx: &mut Tx, user: &User, business: &str, by: By<'_>, now: Instant) -> Result<bool, StoreError> {
    if !store::user::deny(tx, &user.id, business).await? {
        return Ok(false);
    }
    if store::user::memberships(tx, &user.id).await?.is_empty() {
        store::session::end_all(tx, &user.id).await?;
        store::user_link::end_all(tx, &user.id).await?;
    }
    note(tx, user, Some(business), ("denied", ""), by, now).await?;
    Ok(true)
}

/// Ends a user for good. Returns of how many browsers they are signed out.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, user: &User, by: By<'_>, now: Instant) -> Result<u64, StoreError> {
    store::user::end(tx, &user.id, now).await?;
    store::user_link::end_all(tx, &user.id).await?;
    let sessions = store::session::end_all(tx, &user.id).await?;
    note(tx, user, None, ("ended", ""), by, now).await?;
    Ok(sessions)
}

/// Whether a business has an owner who can sign in besides this user: one who was invited and has chosen no password yet
/// is none.
///
/// # Errors
/// When the database fails.
pub async fn has_another_owner(tx: &mut Tx, business: &str, user_id: &str) -> Result<bool, StoreError> {
    let users = store::user::of_business(tx, business).await?;
    let other = |(user, role): &(User, Role)| *role == Role::Owner && user.has_password && user.id != user_id;
    Ok(users.iter().any(other))
}

/// Whether the owner of these businesses may get a user a new password, or end them: whoever has a user's password has all
/// that they see, so every business of the user must be among them.
#[must_use]
pub fn governs(owned: &[&str], belongs: &[Membership]) -> bool {
    belongs.iter().all(|one| owned.contains(&one.business_id.as_str()))
}

async fn note(
    tx: &mut Tx,
    user: &User,
    business: Option<&str>,
    (event, detail): (&str, &str),
    By(by): By<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    let parts = [
        Some(detail).filter(|detail| !detail.is_empty()).map(str::to_owned),
        by.map(|by| format!("by {by}")),
    ];
    let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    store::history::add(tx, business, ("user", &user.id), event, &detail, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_governs_whoever_belongs_to_nobody_elses_business() {
        let belongs = |ids: &[&str]| -> Vec<_> {
            let one = |id: &&str| Membership {
                business_id: (*id).to_owned(),
                role: Role::Staff,
            };
            ids.iter().map(one).collect()
        };
        assert!(governs(&["a", "b"], &belongs(&["a"])));
        assert!(governs(&["a", "b"], &belongs(&["a", "b"])));
        assert!(governs(&["a"], &belongs(&[])));
        assert!(!governs(&["a"], &belongs(&["a", "other"])));
    }
}
