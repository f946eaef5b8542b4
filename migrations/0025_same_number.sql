-- A number that names one thing, such as an LRN, on two records: a question about both (model/src/push/same.rs). Its second record
-- has a column of its own.

ALTER TABLE review_item ADD COLUMN other_id uuid;
ALTER TABLE review_item ALTER COLUMN other_id SET STATISTICS 0;
ALTER TABLE review_item DROP CONSTRAINT review_item_kind_check;
ALTER TABLE review_item ADD CONSTRAINT review_item_kind_check CHECK (kind IN ('conflict', 'claim', 'deleted', 'duplicate'));
