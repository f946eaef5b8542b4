// Made by `cargo xtask gen` from model/src/entities. Do not edit.

export interface Synced {
  id: string;
  rev: number;
  deleted?: true;
}

/** School */
export interface SchoolProfile extends Synced {
  /** School ID */
  deped_school_id: string;
  /** School name */
  name: string;
  /** Sector */
  sector?: "public" | "private" | "suc_luc";
  /** Offering */
  offering?: "es" | "jhs" | "shs" | "integrated";
  /** Region */
  region?: string;
  /** Division */
  division?: string;
  /** District */
  district?: string;
  /** Legislative district */
  legislative_district?: string;
  /** Barangay (PSGC) */
  psgc_barangay?: string;
  /** Mother school ID */
  mother_school_id?: string;
  /** School head */
  head_name?: string;
  /** Position of the school head */
  head_position?: string;
  /** Address */
  address?: string;
  /** Telephone */
  phone?: string;
  /** E-mail */
  email?: string;
  /** Logo */
  logo?: string;
}

/** School year */
export interface SchoolYear extends Synced {
  /** School year */
  label: string;
  /** First day */
  start_date: string;
  /** Last day */
  end_date: string;
  /** Enrolment cut-off */
  cutoff_date?: string;
  /** Status */
  status: "draft" | "open" | "closed";
  /** SF2 word for dropped */
  drop_label?: "NLPA" | "NLS" | "DROPPED OUT";
  /** Count half days */
  half_days?: boolean;
}

/** Term */
export interface Term extends Synced {
  /** School year */
  school_year: string;
  /** Number */
  ordinal: number;
  /** Kind */
  kind: "quarter" | "term" | "semester_quarter";
  /** First day */
  start_date: string;
  /** Last day */
  end_date: string;
}

/** Calendar day */
export interface CalendarDay extends Synced {
  /** School year */
  school_year: string;
  /** Day */
  on_date: string;
  /** For whom */
  scope: "school" | "kinder" | "elementary" | "jhs" | "shs";
  /** Kind */
  kind: "class" | "holiday" | "suspension" | "event" | "makeup";
  /** By order of */
  source?: "national" | "division" | "school";
  /** Reason */
  reason?: string;
}

/** Staff member */
export interface Staff extends Synced {
  /** Last name */
  last_name: string;
  /** First name */
  first_name: string;
  /** Middle name */
  middle_name?: string;
  /** Name extension */
  name_ext?: string;
  /** Sex */
  sex?: "F" | "M";
  /** Position */
  position?: string;
  /** Fund source (SF7) */
  funding?: "A" | "B" | "C";
  /** Employee no. */
  employee_no?: string;
  /** E-mail */
  email?: string;
}

/** User */
export interface SchoolUser extends Synced {
  /** Name */
  name: string;
  /** E-mail */
  email?: string;
  /** Role */
  role: "school_admin" | "school_head" | "registrar" | "teacher" | "cashier" | "viewer";
  /** Staff member */
  staff?: string;
  /** Password verifier */
  verifier?: string;
  /** Must choose a password */
  must_change?: boolean;
  /** Disabled */
  disabled?: boolean;
}

/** Number range */
export interface NumberRange extends Synced {
  /** What for */
  purpose: "student_no";
  /** PC */
  device: string;
  /** Begins with */
  prefix?: string;
  /** From */
  from_no: number;
  /** To */
  to_no: number;
  /** Digits */
  digits?: number;
}

/** Section */
export interface Section extends Synced {
  /** School year */
  school_year: string;
  /** Grade level */
  grade_level: "K" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "10" | "11" | "12" | "NG";
  /** Section name */
  name: string;
  /** Track */
  track?: string;
  /** Strand */
  strand?: string;
  /** Adviser */
  adviser?: string;
  /** Room */
  room?: string;
  /** Capacity */
  capacity?: number;
  /** Shift */
  shift?: "whole_day" | "morning" | "afternoon" | "evening";
}

/** Learner */
export interface Student extends Synced {
  /** Last name */
  last_name: string;
  /** First name */
  first_name: string;
  /** Middle name */
  middle_name?: string;
  /** Name extension */
  name_ext?: string;
  /** LRN */
  lrn?: string;
  /** LRN status */
  lrn_status?: "none" | "pending" | "confirmed" | "merged";
  /** Student no. */
  student_no?: string;
  /** Sex */
  sex?: "F" | "M";
  /** Birth date */
  birth_date?: string;
  /** Birth place */
  birth_place?: string;
  /** PSA birth certificate no. */
  psa_birth_cert_no?: string;
  /** Mother tongue */
  mother_tongue?: string;
  /** Indigenous people's group */
  ip_group?: string;
  /** Religion */
  religion?: string;
  /** House no., street, sitio */
  house_street?: string;
  /** Barangay (PSGC) */
  psgc_barangay?: string;
  /** Barangay */
  barangay?: string;
  /** Municipality or city */
  municipality?: string;
  /** Province */
  province?: string;
  /** 4Ps household */
  four_ps?: boolean;
  /** Special needs */
  sned_type?: string;
  /** Mobile phone */
  phone?: string;
  /** E-mail */
  email?: string;
  /** Remarks */
  remarks?: string;
}

/** Parent or guardian */
export interface Guardian extends Synced {
  /** Last name */
  last_name: string;
  /** First name */
  first_name?: string;
  /** Middle name */
  middle_name?: string;
  /** Name extension */
  name_ext?: string;
  /** Mobile phone */
  phone?: string;
  /** E-mail */
  email?: string;
  /** Occupation */
  occupation?: string;
  /** Address */
  address?: string;
}

/** Learner's guardian */
export interface StudentGuardian extends Synced {
  /** Learner */
  student: string;
  /** Guardian */
  guardian: string;
  /** Relation */
  relation: "father" | "mother" | "guardian" | "other";
  /** First to call */
  is_primary?: boolean;
  /** Lives with the learner */
  lives_with?: boolean;
  /** May fetch the learner */
  can_pickup?: boolean;
}

/** Enrolment */
export interface Enrolment extends Synced {
  /** Learner */
  student: string;
  /** School year */
  school_year: string;
  /** Grade level */
  grade_level: "K" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "10" | "11" | "12" | "NG";
  /** Track */
  track?: string;
  /** Strand */
  strand?: string;
  /** Kind */
  kind?: "new" | "continuing" | "transferee" | "balik_aral" | "repeater" | "als_pept" | "moved_in";
  /** Status */
  status: "pre_registered" | "temporary" | "enrolled" | "transferred_out" | "moved_out" | "dropped" | "completed" | "retained" | "cancelled";
  /** First day of attendance */
  first_attendance_date?: string;
  /** Late enrolment */
  late?: boolean;
  /** From school */
  from_school?: string;
  /** To school */
  to_school?: string;
  /** Effective on */
  effectivity_date?: string;
  /** Reason (SF2) */
  reason_code?: string;
  /** Unsettled account */
  unsettled_account?: boolean;
}

/** Enrolment event */
export interface EnrolmentEvent extends Synced {
  /** Enrolment */
  enrolment: string;
  /** What happened */
  kind: "enrolled" | "confirmed" | "transferred_out" | "moved_out" | "dropped" | "returned" | "completed" | "retained" | "cancelled";
  /** Effective on */
  on_date: string;
  /** Status after it */
  status: "pre_registered" | "temporary" | "enrolled" | "transferred_out" | "moved_out" | "dropped" | "completed" | "retained" | "cancelled";
  /** Reason (SF2) */
  reason_code?: string;
  /** Other school */
  school?: string;
  /** Note */
  note?: string;
  /** Made by */
  made_by?: string;
  /** Made at */
  made_at?: string;
}

/** Section membership */
export interface SectionMembership extends Synced {
  /** Enrolment */
  enrolment: string;
  /** Section */
  section: string;
  /** From */
  valid_from: string;
  /** Until (not including) */
  valid_to?: string;
}

/** Document */
export interface StudentDocument extends Synced {
  /** Learner */
  student: string;
  /** Kind */
  kind: "psa" | "sf9" | "sf10" | "good_moral" | "id_photo" | "als_pept" | "medical" | "other";
  /** State */
  state: "missing" | "received" | "returned" | "waived";
  /** Required by */
  required_by?: string;
  /** Received on */
  received_on?: string;
  /** Given back on */
  returned_on?: string;
  /** Note */
  note?: string;
}

/** Attendance sheet */
export interface AttendanceSheet extends Synced {
  /** Section */
  section: string;
  /** Day */
  on_date: string;
  /** Session */
  session: "day" | "am" | "pm";
  /** Taken by */
  taken_by?: string;
  /** Taken at */
  taken_at?: string;
  /** Reason of the correction */
  correction?: string;
}

/** Attendance mark */
export interface AttendanceMark extends Synced {
  /** Attendance sheet */
  sheet: string;
  /** Learner */
  student: string;
  /** Mark */
  code: "P" | "A" | "L" | "C" | "E";
  /** Note */
  note?: string;
}

/** SF2 of a month */
export interface Sf2Report extends Synced {
  /** Section */
  section: string;
  /** Month */
  month: string;
  /** State */
  state: "signed" | "reopened";
  /** Signed by */
  signed_by?: string;
  /** Signed at */
  signed_at?: string;
  /** Reason of the reopening */
  reason?: string;
}

/** Review item */
export interface ReviewItem extends Synced {
  /** Kind */
  kind: "conflict" | "claim" | "deleted" | "duplicate";
  /** Record kind */
  entity: string;
  /** Record */
  row_id: string;
  /** Other record */
  other_id?: string;
  /** Field */
  field?: string;
  /** Kept value */
  kept_value?: string;
  /** Kept from device */
  kept_replica?: string;
  /** Kept from user */
  kept_user?: string;
  /** Kept edit made at */
  kept_at?: string;
  /** Other value */
  lost_value?: string;
  /** Other value from device */
  lost_replica?: string;
  /** Other value from user */
  lost_user?: string;
  /** Other edit made at */
  lost_at?: string;
  /** State */
  state: "open" | "kept" | "replaced";
  /** Resolved by */
  resolved_by?: string;
  /** Resolved at */
  resolved_at?: string;
}

export interface Entities {
  school_profile: SchoolProfile;
  school_year: SchoolYear;
  term: Term;
  calendar_day: CalendarDay;
  staff: Staff;
  school_user: SchoolUser;
  number_range: NumberRange;
  section: Section;
  student: Student;
  guardian: Guardian;
  student_guardian: StudentGuardian;
  enrolment: Enrolment;
  enrolment_event: EnrolmentEvent;
  section_membership: SectionMembership;
  student_document: StudentDocument;
  attendance_sheet: AttendanceSheet;
  attendance_mark: AttendanceMark;
  sf2_report: Sf2Report;
  review_item: ReviewItem;
}
