-- Kind 13: what was deleted, so that it can be proven (enum ward_row_kind).
CREATE TABLE record_13 (
	number INTEGER PRIMARY KEY REFERENCES leaf (number),
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 13),
	id BLOB NOT NULL CHECK (length(id) = 16),
	revision INTEGER NOT NULL CHECK (revision BETWEEN 0 AND 4294967295),
	time INTEGER NOT NULL,
	json TEXT,
	salt BLOB CHECK (length(salt) = 32),
	UNIQUE (kind, id, revision),
	CHECK ((json IS NULL) = (salt IS NULL))
) STRICT;
INSERT INTO record_13 (number, kind, id, revision, time, json, salt)
	SELECT number, kind, id, revision, time, json, salt FROM record;
DROP TABLE record;
ALTER TABLE record_13 RENAME TO record;
CREATE INDEX record_kind ON record (kind, number);
