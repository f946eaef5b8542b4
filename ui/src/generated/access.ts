// Made by `cargo xtask gen` from model/src/access.rs. Do not edit.

export type Role = "school_admin" | "school_head" | "registrar" | "teacher" | "cashier" | "viewer";

export type Act =
  | "see_names"
  | "see_records"
  | "see_classes"
  | "see_setup"
  | "see_audit"
  | "keep_learners"
  | "enrol"
  | "import_lists"
  | "arrange_sections"
  | "keep_staff"
  | "keep_calendar"
  | "take_attendance"
  | "sign_month"
  | "reopen_month"
  | "decide_reviews"
  | "oversee_reviews"
  | "begin_school"
  | "begin_with_today"
  | "manage_users"
  | "manage_school"
  | "manage_years"
  | "manage_numbers"
  | "set_idle"
  | "back_up";

const ALLOWED: Record<Act, readonly Role[]> = {
  see_names: ["school_admin", "school_head", "registrar", "teacher", "cashier", "viewer"],
  see_records: ["school_admin", "school_head", "registrar"],
  see_classes: ["school_admin", "school_head", "registrar", "teacher"],
  see_setup: ["school_admin", "school_head"],
  see_audit: ["school_admin"],
  keep_learners: ["school_admin", "registrar"],
  enrol: ["school_admin", "registrar"],
  import_lists: ["school_admin", "registrar"],
  arrange_sections: ["school_admin", "school_head", "registrar"],
  keep_staff: ["school_admin", "school_head", "registrar"],
  keep_calendar: ["school_admin", "school_head", "registrar"],
  take_attendance: ["school_admin", "school_head", "registrar", "teacher"],
  sign_month: ["school_admin", "school_head", "registrar", "teacher"],
  reopen_month: ["school_admin", "school_head"],
  decide_reviews: ["school_admin", "school_head", "registrar", "teacher", "cashier"],
  oversee_reviews: ["school_admin", "school_head", "registrar"],
  begin_school: ["school_admin", "school_head", "registrar"],
  begin_with_today: ["school_admin", "school_head", "teacher"],
  manage_users: ["school_admin"],
  manage_school: ["school_admin"],
  manage_years: ["school_admin"],
  manage_numbers: ["school_admin"],
  set_idle: ["school_admin"],
  back_up: ["school_admin"],
};

/** Whether somebody of this role may; the office and the hub ask the same table. */
export const allows = (act: Act, role: Role): boolean => ALLOWED[act].includes(role);
