//! What breaks a rule and is meant to, each with the reason. The test target `lint` refuses an entry that excuses nothing.
//!
//! To add one: the rule and the object exactly as the finding names them, and why no school learns anything from it.

use super::Finding;

pub(super) struct Exception {
    pub(super) rule: &'static str,
    pub(super) object: &'static str,
    reason: &'static str,
}

const fn except(rule: &'static str, object: &'static str, reason: &'static str) -> Exception {
    Exception { rule, object, reason }
}

pub(super) const EXCEPTIONS: &[Exception] = &[
    except("table_without_tenant", "public.hub", "one row about this hub; no request can read it"),
    except("table_without_tenant", "public._sqlx_migrations", "the migrations' own list; no request can read it"),
    except("table_without_tenant", "sec.ctx_key", "what contexts are signed with; hub_sec alone reads it"),
    except("table_without_tenant", "sec.seal_key", "what contexts are sealed with; hub_sec alone reads it"),
    except("table_without_tenant", "sec.operator_mode", "operators belong to no school; hub_sec alone reads it"),
    except("table_without_tenant", "sec.operator", "operators belong to no school; hub_sec alone reads it"),
    except("table_without_tenant", "sec.attempt", "failed sign-ins by a hash of who tried; hub_sec alone reads it"),
    except("table_without_tenant", "sec.operator_entry", "operators belong to no school; hub_sec alone reads it"),
    except("table_without_tenant", "sec.recovery_code", "operators belong to no school; hub_sec alone reads it"),
    except("table_without_tenant", "sec.console_session", "operators belong to no school; hub_sec alone reads it"),
    except("table_without_tenant", "sec.invitation", "operators belong to no school; hub_sec alone reads it"),
    except("table_without_tenant", "sec.console_request", "operators belong to no school; hub_sec alone reads it"),
    except("table_without_tenant", "sec.console_look", "operators belong to no school; hub_sec alone reads it"),
    except("unlogged", "sec.operator_entry", "good for seconds: what a crash forgets is announced again"),
    except("rls_disabled", "sec.audit_head", "the ends of the audit chains; hub_sec alone reads them"),
    except(
        "unique_without_tenant",
        "public.tenant_slug_key (lower(slug))",
        "names are unique on a hub; requests cannot write them",
    ),
    except(
        "unique_without_tenant",
        "public.tenant_school_id_key (lower(school_id))",
        "DepEd's; requests cannot write it",
    ),
    except(
        "index_without_tenant",
        "public.device_id ((id::text))",
        "who a device is, before its school is known: sec.device only",
    ),
    except(
        "index_without_tenant",
        "public.device_code_hash (code_hash)",
        "hub_app may not read this table; sec.redeem_code only",
    ),
    except("fleet_text", "fleet.schools(uuid, integer) slug", "the school's short name, chosen by an operator"),
    except("fleet_text", "fleet.schools(uuid, integer) name", "the school's own name"),
    except("fleet_text", "fleet.schools(uuid, integer) school_id", "DepEd's number of the school"),
    except("fleet_text", "fleet.schools(uuid, integer) region", "a place"),
    except("fleet_text", "fleet.schools(uuid, integer) division", "a place"),
    except("fleet_text", "fleet.schools(uuid, integer) area", "a place"),
    except("fleet_text", "fleet.schools(uuid, integer) municipality", "a place"),
    except("fleet_text", "fleet.school(uuid) slug", "the school's short name, chosen by an operator"),
    except("fleet_text", "fleet.school(uuid) name", "the school's own name"),
    except("fleet_text", "fleet.school(uuid) school_id", "DepEd's number of the school"),
    except("fleet_text", "fleet.school(uuid) region", "a place"),
    except("fleet_text", "fleet.school(uuid) division", "a place"),
    except("fleet_text", "fleet.school(uuid) area", "a place"),
    except("fleet_text", "fleet.school(uuid) municipality", "a place"),
    except("event_trigger", "no_definitions", "ours: keeps the hub's roles from changing definitions"),
];

/// Why a finding is excused, if it is.
pub(super) fn reason(finding: &Finding) -> Option<&'static str> {
    let found = EXCEPTIONS.iter().find(|known| known.rule == finding.rule && known.object == finding.object);
    found.map(|exception| exception.reason)
}
