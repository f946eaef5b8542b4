-- Whether any password can match what an account is checked against: only verifiers of our own form are ever run (model/src/verifier.rs),
-- so an administrator with another one cannot come in, and is not the one who stays. Offices and hub refuse such verifiers; this is
-- about what was there before, or came in by other hands.
ALTER TABLE account ADD COLUMN can_sign_in boolean NOT NULL GENERATED ALWAYS AS
    (password_hash ~ '^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$') STORED;
ALTER TABLE account ALTER can_sign_in SET STATISTICS 0;
GRANT SELECT (can_sign_in) ON account TO hub_app, hub_operator;

-- Who has a section's name is looked for among the sections of its year, at every push that makes or renames one.
CREATE INDEX section_year ON section (tenant_id, school_year);
