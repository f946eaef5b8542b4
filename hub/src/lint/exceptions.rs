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
    except("table_without_tenant", "sec.ctx_key", "the keys of contexts; hub_sec alone reads them"),
    except("table_without_tenant", "sec.operator_log", "what operators did; nobody but hub_sec reaches it"),
    except("unique_without_tenant", "public.tenant_slug_key", "names of schools are unique on a hub; hub_app cannot write them"),
    except("unique_without_tenant", "public.tenant_school_id_key", "DepEd's School ID is unique; hub_app cannot write it"),
    except("index_without_tenant", "public.device_id", "a device says who it is before its school is known; sec.device alone looks here"),
    except("index_without_tenant", "public.device_code_hash", "a code is redeemed before its school is known; sec.redeem_code alone looks here"),
];

/// Why a finding is excused, if it is.
pub(super) fn reason(finding: &Finding) -> Option<&'static str> {
    let found = EXCEPTIONS.iter().find(|known| known.rule == finding.rule && known.object == finding.object);
    found.map(|exception| exception.reason)
}
