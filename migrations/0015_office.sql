-- What an office works with every day: its people, its calendar, what happened to enrolments, papers, attendance. As declared in
-- model/src/entities.

CREATE TABLE calendar_day (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    school_year uuid NOT NULL,
    on_date date NOT NULL,
    scope text NOT NULL CHECK (scope IN ('school', 'kinder', 'elementary', 'jhs', 'shs')),
    kind text NOT NULL CHECK (kind IN ('class', 'holiday', 'suspension', 'event', 'makeup')),
    source text CHECK (source IN ('national', 'division', 'school')),
    reason text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, school_year) REFERENCES school_year (tenant_id, id)
);
CREATE INDEX calendar_day_rev ON calendar_day (tenant_id, rev);
CALL sync.guard('calendar_day');

CREATE TABLE school_user (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    name text NOT NULL,
    email text,
    role text NOT NULL CHECK (role IN ('school_admin', 'school_head', 'registrar', 'teacher', 'cashier', 'viewer')),
    staff uuid,
    verifier text,
    must_change boolean,
    disabled boolean,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, staff) REFERENCES staff (tenant_id, id)
);
CREATE INDEX school_user_rev ON school_user (tenant_id, rev);
CREATE INDEX school_user_email ON school_user (tenant_id, email) WHERE email IS NOT NULL;
CALL sync.guard('school_user');

CREATE TABLE number_range (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    purpose text NOT NULL CHECK (purpose IN ('student_no')),
    device uuid NOT NULL,
    prefix text,
    from_no bigint NOT NULL,
    to_no bigint NOT NULL,
    digits bigint,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX number_range_rev ON number_range (tenant_id, rev);
CALL sync.guard('number_range');

CREATE TABLE enrolment_event (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    enrolment uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('enrolled', 'confirmed', 'transferred_out', 'moved_out', 'dropped', 'returned', 'completed', 'retained', 'cancelled')),
    on_date date NOT NULL,
    status text NOT NULL CHECK (status IN ('pre_registered', 'temporary', 'enrolled', 'transferred_out', 'moved_out', 'dropped', 'completed', 'retained', 'cancelled')),
    reason_code text,
    school text,
    note text,
    made_by uuid,
    made_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, enrolment) REFERENCES enrolment (tenant_id, id)
);
CREATE INDEX enrolment_event_rev ON enrolment_event (tenant_id, rev);
CALL sync.guard('enrolment_event');

CREATE TABLE student_document (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    student uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('psa', 'sf9', 'sf10', 'good_moral', 'id_photo', 'als_pept', 'medical', 'other')),
    state text NOT NULL CHECK (state IN ('missing', 'received', 'returned', 'waived')),
    required_by date,
    received_on date,
    returned_on date,
    note text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, student) REFERENCES student (tenant_id, id)
);
CREATE INDEX student_document_rev ON student_document (tenant_id, rev);
CALL sync.guard('student_document');

CREATE TABLE attendance_sheet (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    section uuid NOT NULL,
    on_date date NOT NULL,
    session text NOT NULL CHECK (session IN ('day', 'am', 'pm')),
    taken_by uuid,
    taken_at timestamptz,
    correction text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, section) REFERENCES section (tenant_id, id)
);
CREATE INDEX attendance_sheet_rev ON attendance_sheet (tenant_id, rev);
CALL sync.guard('attendance_sheet');

CREATE TABLE attendance_mark (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    sheet uuid NOT NULL,
    student uuid NOT NULL,
    code text NOT NULL CHECK (code IN ('P', 'A', 'L', 'C', 'E')),
    note text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, sheet) REFERENCES attendance_sheet (tenant_id, id),
    FOREIGN KEY (tenant_id, student) REFERENCES student (tenant_id, id)
);
CREATE INDEX attendance_mark_rev ON attendance_mark (tenant_id, rev);
CALL sync.guard('attendance_mark');

CREATE TABLE sf2_report (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    section uuid NOT NULL,
    month date NOT NULL,
    state text NOT NULL CHECK (state IN ('signed', 'reopened')),
    signed_by uuid,
    signed_at timestamptz,
    reason text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, section) REFERENCES section (tenant_id, id)
);
CREATE INDEX sf2_report_rev ON sf2_report (tenant_id, rev);
CALL sync.guard('sf2_report');

ALTER TABLE school_profile ADD COLUMN address text, ADD COLUMN phone text, ADD COLUMN email text, ADD COLUMN logo text;
CALL sec.no_statistics('school_profile');
ALTER TABLE school_year ADD COLUMN drop_label text CHECK (drop_label IN ('NLPA', 'NLS', 'DROPPED OUT')), ADD COLUMN half_days boolean;
CALL sec.no_statistics('school_year');
