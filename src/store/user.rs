//! Users of the desk, and the businesses that each belongs to.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::user::{Membership, Role, User};

row!(User {
    id,
    login,
    name,
    locale,
    created_at,
    ended_at,
    has_password
});

row!(Membership { business_id, role });

/// The columns of a `User`.
macro_rules! user_columns {
    () => {
        "id, login, name, locale, created_at, ended_at, password_hash IS NOT NULL AS has_password"
    };
}

/// Adds a user without a password. False: there is one of that login already, perhaps an ended one.
pub async fn add(tx: &mut Tx, user: &User) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO desk_user (id, login, name, locale, created_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (login) DO NOTHING",
    ).bind(&user.id).bind(&user.login).bind(&user.name).bind(&user.locale).bind(user.created_at).bind(user.ended_at)
    .execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Whether there is any user, also an ended one.
pub async fn any(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM desk_user)").fetch_one(c).await)?)
}

/// Every user, by login.
pub async fn all(tx: &mut Tx) -> Result<Vec<User>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", user_columns!(), " FROM desk_user ORDER BY login"))
        .fetch_all(c).await)?,
    )
}

/// One user, unless it has ended.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<User>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", user_columns!(), " FROM desk_user WHERE id = $1 AND ended_at IS NULL"
    )).bind(id).fetch_optional(c).await)?)
}

/// The user of a login, also an ended one.
pub async fn of_login(tx: &mut Tx, login: &str) -> Result<Option<User>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", user_columns!(), " FROM desk_user WHERE login = $1"))
        .bind(login).fetch_optional(c).await)?,
    )
}

/// Who can sign in with a login, and the hash of their password.
pub async fn credentials(tx: &mut Tx, login: &str) -> Result<Option<(String, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, password_hash FROM desk_user WHERE login = $1 AND ended_at IS NULL AND password_hash IS NOT NULL",
    ).bind(login).fetch_optional(c).await)?)
}

/// Gives a user a password in place of the one before. False: the user has ended.
pub async fn set_password(tx: &mut Tx, id: &str, password_hash: &str) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE desk_user SET password_hash = $2 WHERE id = $1 AND ended_at IS NULL",
    ).bind(id).bind(password_hash).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Writes a user's name and language.
pub async fn change(tx: &mut Tx, id: &str, name: &str, locale: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE desk_user SET name = $2, locale = $3 WHERE id = $1 AND ended_at IS NULL")
        .bind(id).bind(name).bind(locale).execute(c).await)?;
    Ok(())
}

/// Ends a user. False: that was so already.
pub async fn end(tx: &mut Tx, id: &str, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query("UPDATE desk_user SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(id).bind(now).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Lets a user into a business, or changes what they may do there.
pub async fn allow(tx: &mut Tx, id: &str, business_id: &str, role: Role) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO user_business (user_id, business_id, role) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id, business_id) DO UPDATE SET role = excluded.role",
    ).bind(id).bind(business_id).bind(role).execute(c).await)?;
    Ok(())
}

/// Lets a user into a business no more. False: that was so already.
pub async fn deny(tx: &mut Tx, id: &str, business_id: &str) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query("DELETE FROM user_business WHERE user_id = $1 AND business_id = $2")
        .bind(id).bind(business_id).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Everybody who belongs to a business and has not ended, by login, and what they may do there.
pub async fn of_business(tx: &mut Tx, business_id: &str) -> Result<Vec<(User, Role)>, StoreError> {
    let users: Vec<User> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", user_columns!(), " FROM desk_user JOIN user_business ON user_business.user_id = desk_user.id \
         WHERE user_business.business_id = $1 AND ended_at IS NULL ORDER BY login"
    )).bind(business_id).fetch_all(c).await)?;
    let roles: Vec<(String, Role)> = on!(tx, c => sqlx::query_as(
        "SELECT user_id, role FROM user_business WHERE business_id = $1",
    ).bind(business_id).fetch_all(c).await)?;
    let role = |user: &User| roles.iter().find(|(id, _)| *id == user.id).map(|(_, role)| *role);
    let users = users.into_iter().filter_map(|user| Some((role(&user)?, user)));
    Ok(users.map(|(role, user)| (user, role)).collect())
}

/// Where a user belongs to, by the business's id.
pub async fn memberships(tx: &mut Tx, id: &str) -> Result<Vec<Membership>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT business_id, role FROM user_business WHERE user_id = $1 ORDER BY business_id",
    ).bind(id).fetch_all(c).await)?)
}
