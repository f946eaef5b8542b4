-- Where the learners of a push sit, and which months of their sections are signed, is asked of every push that may change it
-- (model/src/push/related.rs); through an index, whatever the size of the school.
CREATE INDEX section_membership_enrolment ON section_membership (tenant_id, enrolment);
CREATE INDEX sf2_report_section ON sf2_report (tenant_id, section);
