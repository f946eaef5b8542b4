-- The first records of a school. Each table is what its declaration in model/src/entities says (a check at start and a test
-- compare them); links are pairs with the school, so no link can leave it.

CREATE TABLE school_profile (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    deped_school_id text NOT NULL,
    name text NOT NULL,
    sector text CHECK (sector IN ('public', 'private', 'suc_luc')),
    offering text CHECK (offering IN ('es', 'jhs', 'shs', 'integrated')),
    region text,
    division text,
    district text,
    legislative_district text,
    psgc_barangay text,
    mother_school_id text,
    head_name text,
    head_position text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX school_profile_rev ON school_profile (tenant_id, rev);
CALL sync.guard('school_profile');

CREATE TABLE school_year (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    label text NOT NULL,
    start_date date NOT NULL,
    end_date date NOT NULL,
    cutoff_date date,
    status text NOT NULL CHECK (status IN ('draft', 'open', 'closed')),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX school_year_rev ON school_year (tenant_id, rev);
CALL sync.guard('school_year');

CREATE TABLE term (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    school_year uuid NOT NULL,
    ordinal bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('quarter', 'term', 'semester_quarter')),
    start_date date NOT NULL,
    end_date date NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, school_year) REFERENCES school_year (tenant_id, id)
);
CREATE INDEX term_rev ON term (tenant_id, rev);
CALL sync.guard('term');

CREATE TABLE staff (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    last_name text NOT NULL,
    first_name text NOT NULL,
    middle_name text,
    name_ext text,
    sex text CHECK (sex IN ('F', 'M')),
    position text,
    funding text CHECK (funding IN ('A', 'B', 'C')),
    employee_no text,
    email text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX staff_rev ON staff (tenant_id, rev);
CREATE INDEX staff_employee_no ON staff (tenant_id, employee_no) WHERE employee_no IS NOT NULL;
CALL sync.guard('staff');

CREATE TABLE section (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    school_year uuid NOT NULL,
    grade_level text NOT NULL CHECK (grade_level IN ('K', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', 'NG')),
    name text NOT NULL,
    track text,
    strand text,
    adviser uuid,
    room text,
    capacity bigint,
    shift text CHECK (shift IN ('whole_day', 'morning', 'afternoon', 'evening')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, school_year) REFERENCES school_year (tenant_id, id),
    FOREIGN KEY (tenant_id, adviser) REFERENCES staff (tenant_id, id)
);
CREATE INDEX section_rev ON section (tenant_id, rev);
CALL sync.guard('section');

CREATE TABLE student (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    last_name text NOT NULL,
    first_name text NOT NULL,
    middle_name text,
    name_ext text,
    lrn text,
    lrn_status text CHECK (lrn_status IN ('none', 'pending', 'confirmed', 'merged')),
    student_no text,
    sex text CHECK (sex IN ('F', 'M')),
    birth_date date,
    birth_place text,
    psa_birth_cert_no text,
    mother_tongue text,
    ip_group text,
    religion text,
    house_street text,
    psgc_barangay text,
    barangay text,
    municipality text,
    province text,
    four_ps boolean,
    sned_type text,
    phone text,
    email text,
    remarks text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX student_rev ON student (tenant_id, rev);
CREATE INDEX student_student_no ON student (tenant_id, student_no) WHERE student_no IS NOT NULL;
CALL sync.guard('student');

CREATE TABLE guardian (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    last_name text NOT NULL,
    first_name text,
    middle_name text,
    name_ext text,
    phone text,
    email text,
    occupation text,
    address text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX guardian_rev ON guardian (tenant_id, rev);
CALL sync.guard('guardian');

CREATE TABLE student_guardian (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    student uuid NOT NULL,
    guardian uuid NOT NULL,
    relation text NOT NULL CHECK (relation IN ('father', 'mother', 'guardian', 'other')),
    is_primary boolean,
    lives_with boolean,
    can_pickup boolean,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, student) REFERENCES student (tenant_id, id),
    FOREIGN KEY (tenant_id, guardian) REFERENCES guardian (tenant_id, id)
);
CREATE INDEX student_guardian_rev ON student_guardian (tenant_id, rev);
CALL sync.guard('student_guardian');

CREATE TABLE enrolment (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    student uuid NOT NULL,
    school_year uuid NOT NULL,
    grade_level text NOT NULL CHECK (grade_level IN ('K', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', 'NG')),
    track text,
    strand text,
    kind text CHECK (kind IN ('new', 'continuing', 'transferee', 'balik_aral', 'repeater', 'als_pept', 'moved_in')),
    status text NOT NULL CHECK (status IN ('pre_registered', 'temporary', 'enrolled', 'transferred_out', 'moved_out', 'dropped', 'completed', 'retained', 'cancelled')),
    first_attendance_date date,
    late boolean,
    from_school text,
    to_school text,
    effectivity_date date,
    reason_code text,
    unsettled_account boolean,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, student) REFERENCES student (tenant_id, id),
    FOREIGN KEY (tenant_id, school_year) REFERENCES school_year (tenant_id, id)
);
CREATE INDEX enrolment_rev ON enrolment (tenant_id, rev);
CALL sync.guard('enrolment');

CREATE TABLE section_membership (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    enrolment uuid NOT NULL,
    section uuid NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, enrolment) REFERENCES enrolment (tenant_id, id),
    FOREIGN KEY (tenant_id, section) REFERENCES section (tenant_id, id)
);
CREATE INDEX section_membership_rev ON section_membership (tenant_id, rev);
CALL sync.guard('section_membership');

CREATE TABLE review_item (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL,
    rev bigint NOT NULL,
    deleted_at timestamptz,
    kind text NOT NULL CHECK (kind IN ('conflict', 'claim', 'deleted')),
    entity text NOT NULL,
    row_id uuid NOT NULL,
    field text,
    kept_value text,
    kept_replica uuid,
    kept_user uuid,
    kept_at timestamptz,
    lost_value text,
    lost_replica uuid,
    lost_user uuid,
    lost_at timestamptz,
    state text NOT NULL CHECK (state IN ('open', 'kept', 'replaced')),
    resolved_by uuid,
    resolved_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX review_item_rev ON review_item (tenant_id, rev);
CALL sync.guard('review_item');
