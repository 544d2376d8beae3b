/** SQL: whether person `p` has any way to sign in: a password, a passkey, or an account at the sign-in service. */
export const CAN_SIGN_IN = `(p.password_hash IS NOT NULL
  OR EXISTS (SELECT FROM passkey k WHERE k.person_id = p.id AND k.revoked_at IS NULL)
  OR EXISTS (SELECT FROM person_identity i WHERE i.person_id = p.id))`;
