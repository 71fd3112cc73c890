-- What the brain concluded, the ledger over it, and where the brain is. Only ASCII here: the file is
-- compiled into the program by tools/embed-sql, which also sets user_version at its end.
PRAGMA application_id = 1463898692; -- "WARD"

-- The ledger's leaves, in order. A leaf stays when its record is erased.
CREATE TABLE leaf (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	commitment BLOB NOT NULL CHECK (length(commitment) = 32)
) STRICT;

-- One row per revision of a detection, an incident or an impact (enum ward_row_kind). json and salt
-- are erased together; the rest stays, so that the same record is not taken in again.
CREATE TABLE record (
	number INTEGER PRIMARY KEY REFERENCES leaf (number),
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
	id BLOB NOT NULL CHECK (length(id) = 16),
	revision INTEGER NOT NULL CHECK (revision BETWEEN 0 AND 4294967295),
	time INTEGER NOT NULL,
	json TEXT,
	salt BLOB CHECK (length(salt) = 32),
	UNIQUE (kind, id, revision),
	CHECK ((json IS NULL) = (salt IS NULL))
) STRICT;
CREATE INDEX record_kind ON record (kind, number);

-- Size of the ledger and the roots of its complete subtrees, largest first, 32 bytes each.
CREATE TABLE ledger (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	size INTEGER NOT NULL CHECK (size >= 0),
	peaks BLOB NOT NULL
) STRICT;
INSERT INTO ledger VALUES (1, 0, x'');

-- How far a reader of the journal has got: its rows are here.
CREATE TABLE reader (
	name TEXT PRIMARY KEY,
	position INTEGER NOT NULL CHECK (position >= 0)
) STRICT;

-- The brain's memory as of a journal sequence: one, in the parts that it came in.
CREATE TABLE checkpoint (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	seq INTEGER NOT NULL CHECK (seq > 0),
	size INTEGER NOT NULL CHECK (size >= 0),
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT;
CREATE TABLE checkpoint_part (
	offset INTEGER PRIMARY KEY CHECK (offset >= 0),
	bytes BLOB NOT NULL CHECK (length(bytes) > 0)
) STRICT;
