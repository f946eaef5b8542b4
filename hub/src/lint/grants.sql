-- What each of the hub's roles may do, and everybody (PUBLIC): all of it. The linter compares this list with the catalog: a
-- privilege that is not here is a finding, and so is one that is here and missing there.
--
-- To add a table or a function: copy the GRANT from the migration, word for word. Nothing runs this file. It says
--   table and function names with their schema (a table without one is in public), functions with their argument types,
--   DATABASE current for the hub's own database.
-- Left out, because they follow from the declarations: tables with sync.guard (every entity): SELECT, INSERT, UPDATE for hub_app
-- and SELECT for hub_operator.

GRANT CONNECT ON DATABASE current TO hub_app, hub_auth, hub_operator, hub_console;
GRANT USAGE ON SCHEMA public TO hub_sec;
GRANT USAGE ON SCHEMA sec TO hub_app, hub_auth, hub_operator, hub_console;
GRANT USAGE ON SCHEMA fleet TO hub_console;
GRANT USAGE ON SCHEMA sync TO hub_app;
GRANT SET ON PARAMETER backtrace_functions TO hub_sec;
GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO hub_sec;

-- Context (0001, 0005, 0007).
GRANT EXECUTE ON FUNCTION sec.form(), sec.tenant(), sec.actor(), sec.mode(), sec.is_operator(), sec.nonce(), sec.proved(),
    sec.hello(), sec.enter(text) TO hub_app, hub_operator;
GRANT EXECUTE ON FUNCTION sec.same(uuid, uuid) TO hub_app;
GRANT EXECUTE ON FUNCTION sec.announce(text, text), sec.audit_of(uuid, text, uuid, jsonb) TO hub_operator;
GRANT EXECUTE ON FUNCTION sec.begin_console(uuid, text) TO hub_auth;

-- Audit (0005).
GRANT EXECUTE ON FUNCTION sec.audit(text, uuid, jsonb) TO hub_app;
GRANT SELECT ON audit_log TO hub_app, hub_operator, hub_sec;
GRANT INSERT ON audit_log TO hub_sec;

-- Schools and devices (0002, 0027).
GRANT SELECT ON tenant TO hub_app, hub_operator, hub_sec;
GRANT INSERT, UPDATE (name, timezone, metadata, suspended_at, updated_at, region, division, area, municipality) ON tenant TO hub_operator;
GRANT UPDATE (suspended_at, updated_at) ON tenant TO hub_sec;
GRANT SELECT ON device TO hub_app, hub_operator, hub_sec;
GRANT UPDATE (name, revoked_at) ON device TO hub_operator;
GRANT INSERT, UPDATE (last_seen_at) ON device TO hub_sec;
GRANT SELECT ON device_code TO hub_operator, hub_sec;
GRANT INSERT ON device_code TO hub_operator;
GRANT UPDATE (used_at, device_id) ON device_code TO hub_sec;
GRANT EXECUTE ON FUNCTION sec.redeem_code(bytea, uuid, bytea, text), sec.device(uuid), sec.device_seen(uuid) TO hub_auth;

-- Sync (0003).
GRANT SELECT, UPDATE ON tenant_clock TO hub_app;
GRANT SELECT, INSERT (tenant_id) ON tenant_clock TO hub_operator;
GRANT SELECT, INSERT, UPDATE ON replica TO hub_app;
GRANT SELECT ON replica TO hub_operator;
GRANT SELECT, INSERT ON change_log TO hub_app;
GRANT SELECT ON change_log TO hub_operator;
GRANT EXECUTE ON FUNCTION sync.take(uuid, bigint) TO hub_app;

-- Hints (0023).
GRANT EXECUTE ON FUNCTION sec.open_hints(text[]) TO hub_auth;

-- Events (0008).
GRANT SELECT ON event TO hub_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON event TO hub_sec;
GRANT SELECT ON tenant_clock TO hub_sec;
GRANT EXECUTE ON FUNCTION sec.emit(uuid, text, jsonb) TO hub_app;
GRANT EXECUTE ON FUNCTION sec.emit_of(uuid, uuid, text, jsonb) TO hub_operator;
GRANT EXECUTE ON FUNCTION sec.claim_events(integer, interval), sec.event_delivered(uuid, bigint),
    sec.event_failed(uuid, bigint, interval), sec.tidy_events(interval), sec.levels(), sec.event_counts() TO hub_auth;
GRANT EXECUTE ON FUNCTION sync.fold(text) TO hub_app;

-- Accounts, sessions, operators (0009, 0011).
GRANT SELECT (tenant_id, id, email, name, role, must_change_password, disabled_at, created_at, updated_at, last_sign_in_at, can_sign_in)
    ON account TO hub_app, hub_operator;
GRANT INSERT (tenant_id, id, email, name, role, password_hash, must_change_password) ON account TO hub_app;
GRANT UPDATE (name, role, password_hash, must_change_password, disabled_at, updated_at) ON account TO hub_app;
GRANT SELECT, UPDATE (ended_at, ended_why) ON session TO hub_app;
GRANT SELECT ON session TO hub_operator;
GRANT SELECT, INSERT, UPDATE (password_hash, must_change_password, updated_at, last_sign_in_at) ON account TO hub_sec;
GRANT SELECT, INSERT, DELETE, UPDATE (ended_at, ended_why) ON session TO hub_sec;
GRANT SELECT, INSERT, DELETE, UPDATE (used_at) ON refresh_token TO hub_sec;
GRANT EXECUTE ON FUNCTION sec.begin_sign_in(text, text), sec.refuse_sign_in(text, text),
    sec.open_session(uuid, uuid, text, text, uuid, bytea), sec.session(uuid, uuid), sec.refresh(uuid, uuid, bytea, bytea),
    sec.sign_out(uuid, uuid), sec.begin_password_change(uuid, uuid), sec.change_password(uuid, uuid, uuid, text, text),
    sec.begin_operator_sign_in(text), sec.refuse_operator(text), sec.begin_operator(uuid, text, text, bigint, uuid, text),
    sec.end_operator(uuid) TO hub_auth;
GRANT EXECUTE ON FUNCTION sec.forgive(uuid) TO hub_app;

-- Users at the office (0016).
GRANT SELECT, INSERT, UPDATE ON school_user TO hub_sec;
GRANT UPDATE ON tenant_clock TO hub_sec;
GRANT SELECT, INSERT ON change_log TO hub_sec;
GRANT USAGE ON SCHEMA sync TO hub_sec;
GRANT EXECUTE ON FUNCTION sync.take(uuid, bigint) TO hub_sec;
GRANT UPDATE (name, email, role, disabled_at) ON account TO hub_sec;
GRANT EXECUTE ON FUNCTION sec.add_account_of(uuid, uuid, text, text, text, text), sec.reset_account_of(uuid, text, text),
    sec.add_operator(uuid, text, text, text, text, text, text, bytea, bytea[]), sec.operators(), sec.disable_operator(text),
    sec.operator_id(text), sec.set_operator_role(text, text, text, text), sec.reset_operator(uuid, text, bytea, bytea[]) TO hub_operator;

-- The console (0031, 0032).
GRANT EXECUTE ON FUNCTION sec.hello(), sec.enter(text), sec.announce_console(text, text) TO hub_console;
GRANT EXECUTE ON FUNCTION sec.open_console(uuid, text, text, bigint, bytea, uuid, bytea), sec.console_caller(uuid, bytea),
    sec.begin_step_up(uuid), sec.step_up(uuid, bigint), sec.open_invitation(bytea),
    sec.accept_invitation(bytea, text, bytea, bigint, bytea[]) TO hub_auth;
GRANT EXECUTE ON FUNCTION fleet.schools(uuid, integer), fleet.school(uuid), sec.console_sessions(), sec.end_console(uuid),
    sec.suspend_school(uuid, boolean, jsonb, uuid), sec.console_operators(), sec.console_invitations(), sec.withdraw_invitation(uuid),
    sec.console_requests(), sec.operator_act(uuid, text, jsonb, jsonb), sec.decide_request(uuid, boolean) TO hub_console;
