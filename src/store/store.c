#include "base/formats.h"
#include "store/migrate.h"
#include "store/priv.h"
#include "store/upgrade.h"

/* Of 4 KiB: so many are worth moving from the write-ahead log, and more than so many are no log. */
enum { LOG_PAGES = 1000, LOG_PAGES_MOST = 16 * LOG_PAGES };

static const char *const sql[] = {
#define X(NAME, sql) [WARD_SQL_##NAME] = sql,
	WARD_STORE_STATEMENTS(X)
#undef X
};

enum ward_err ward_store_faulty(struct ward_store *s, const char *what, uint64_t row)
{
	s->stats.n_fault++;
	if (s->o.fault)
		s->o.fault(s->o.fault_ctx, &(struct ward_store_fault){what, row});
	return WARD_ERR_CORRUPT;
}

static enum ward_err prepare(struct ward_store *s)
{
	for (size_t i = 0; i < WARD_SQL_N; i++) {
		int rc = sqlite3_prepare_v3(
			s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->st[i], NULL);

		if (rc != SQLITE_OK)
			return ward_sql_err(rc);
	}
	return WARD_OK;
}

struct ward_slice ward_store_peaks(const struct ward_ledger *l)
{
	_Static_assert(sizeof(l->peak[0]) == 32, "peaks lie one after the other");
	return ward_slice_of(l->peak, ward_ledger_peaks(l) * sizeof(l->peak[0]));
}

static enum ward_err load_ledger(struct ward_store *s)
{
	sqlite3_stmt *st = s->st[WARD_SQL_GET_LEDGER];
	bool row;
	enum ward_err err = ward_sql_step(st, &row);

	if (!err && !row)
		err = ward_store_faulty(s, "the ledger is missing", 0);
	if (!err) {
		struct ward_slice peaks = ward_sql_bytes(st, 1);

		s->ledger.n = (uint64_t)sqlite3_column_int64(st, 0);
		if (peaks.len != ward_store_peaks(&s->ledger).len)
			err = ward_store_faulty(s, "the ledger's peaks don't fit its size", 0);
		else if (peaks.len)
			memcpy(s->ledger.peak, peaks.p, peaks.len);
	}
	ward_sql_reset(st);
	return err;
}

/* The ledger's size must be that of its tables, as far as their ends tell. */
static enum ward_err check_ends(struct ward_store *s)
{
	int64_t leaf = 0, record = 0;
	enum ward_err err = ward_sql_int(s->db, "SELECT coalesce(max(number), 0) FROM leaf", &leaf);

	if (!err)
		err = ward_sql_int(s->db, "SELECT coalesce(max(number), 0) FROM record", &record);
	if (!err && (uint64_t)leaf != s->ledger.n)
		err = ward_store_faulty(s, "the ledger's size is not that of its leaves", 0);
	if (!err && record != leaf)
		err = ward_store_faulty(s, "the last row has no leaf, or the last leaf no row", 0);
	return err;
}

static enum ward_err load_position(struct ward_store *s)
{
	sqlite3_stmt *st = s->st[WARD_SQL_GET_POSITION];
	bool row;
	enum ward_err err = ward_sql_step(st, &row);

	if (!err && row)
		s->position = (uint64_t)sqlite3_column_int64(st, 0);
	ward_sql_reset(st);
	return err;
}

static void tell_upgrade(const struct ward_store *s, const struct ward_store_upgrade *u)
{
	if (s->o.upgrade)
		s->o.upgrade(s->o.fault_ctx, u);
}

static uint32_t formats_of(const struct ward_store *s)
{
	return s->o.formats ? s->o.formats : ward_formats_most();
}

/* To this version's form; an older database is kept before, where that is asked for. */
static enum ward_err upgrade(struct ward_store *s)
{
	size_t n;
	const char *const *list = ward_store_migrations(&n);
	const uint32_t formats = formats_of(s);
	char kept[WARD_STORE_KEPT_NAME];
	int64_t version = 0;
	enum ward_err err = ward_sql_int(s->db, "PRAGMA user_version", &version);

	/* no further than those are who are to read it; one that is further stays as it is */
	n = version > (int64_t)ward_store_form_in(formats) ? (size_t)version
							   : ward_store_form_in(formats);
	struct ward_store_upgrade u = {.from = (uint64_t)version, .to = n};

	if (err || version == 0 || version == (int64_t)n)
		return err ? err : ward_store_migrate(s->db, list, n);
	if (s->o.keeping)
		err = ward_store_keep(s, &u, kept);
	if (!err)
		err = ward_store_migrate(s->db, list, n);
	u.stage = WARD_STORE_UPGRADE_DONE;
	if (!err)
		tell_upgrade(s, &u);
	return err;
}

static int on_log(void *ctx, sqlite3 *db, const char *name, int pages)
{
	(void)db, (void)name;
	((struct ward_store *)ctx)->log_pages = pages;
	return SQLITE_OK;
}

/* The file, in the form that is asked for. */
static enum ward_err open_file(struct ward_store *s, bool older)
{
	size_t n;
	enum ward_err err;

	(void)ward_store_migrations(&n);
	err = ward_sql_open(s->o.path, s->o.reading, &s->db);
	if (!err)
		err = ward_store_recognise(s->db, n);
	if (!err && s->o.reading && !older)
		err = ward_store_is_form(s->db);
	if (!err)
		err = ward_sql_wal(s->db);
	if (!err && s->o.reading)
		err = ward_sql_script(s->db, "PRAGMA query_only = ON");
	if (!err && !s->o.reading)
		err = upgrade(s);
	if (!err)
		(void)sqlite3_wal_hook(s->db, on_log, s); /* in the place of moving at commits */
	return err;
}

enum ward_err ward_store_open_as(
	const struct ward_store_options *o, bool older, struct ward_store **ret)
{
	struct ward_store *s = ward_mem_alloc(o->mem, sizeof(*s));
	enum ward_err err;

	if (!s)
		return WARD_ERR_NOMEM;
	WARD_ASSERT(sodium_init() >= 0);
	s->o = *o;
	err = open_file(s, older);
	s->o.path = NULL; /* not needed any more, and the caller's */
	if (!err)
		err = prepare(s);
	if (!err)
		err = load_ledger(s);
	if (!err)
		err = check_ends(s);
	if (!err)
		err = load_position(s);
	if (err) {
		ward_store_close(s);
		return err;
	}
	*ret = s;
	return WARD_OK;
}

enum ward_err ward_store_open(const struct ward_store_options *o, struct ward_store **ret)
{
	return ward_store_open_as(o, false, ret);
}

void ward_store_close(struct ward_store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < WARD_SQL_N; i++)
		(void)sqlite3_finalize(s->st[i]);
	/* rolls back what is open; all statements are gone, so it can't be refused */
	WARD_ASSERT(sqlite3_close(s->db) == SQLITE_OK);
	ward_mem_free(s->o.mem, s, sizeof(*s));
}

/* After an error of the world SQLite may have undone all, or not: nobody goes on from there. */
enum ward_err ward_store_settle(struct ward_store *s, enum ward_err err)
{
	s->failed |= err != WARD_OK;
	return err;
}

bool ward_store_writable(const struct ward_store *s)
{
	return s->open && !s->failed;
}

enum ward_err ward_store_begin(struct ward_store *s)
{
	enum ward_err err;

	if (s->open || s->failed)
		return WARD_ERR_STATE;
	err = ward_store_settle(s, ward_sql_run(s->st[WARD_SQL_BEGIN]));
	if (err)
		return err;
	s->open = true;
	s->has_checkpoint = false;
	s->grown = s->ledger;
	return WARD_OK;
}

void ward_store_rollback(struct ward_store *s)
{
	if (!ward_store_writable(s))
		return;
	s->open = false;
	(void)ward_store_settle(s, ward_sql_run(s->st[WARD_SQL_ROLLBACK]));
}

void ward_store_commitment(
	const struct ward_store_row *r, const uint8_t salt[WARD_LEDGER_SALT], struct ward_hash *ret)
{
	struct ward_hash record;
	uint8_t head[32];
	struct ward_wr w = ward_wr_fixed(head, sizeof(head));

	ward_wr_u8(&w, (uint8_t)r->kind);
	ward_wr_bytes(&w, r->id.b, sizeof(r->id.b));
	ward_wr_be32(&w, r->revision);
	ward_wr_be64(&w, (uint64_t)r->time);
	const struct ward_slice part[] = {ward_wr_slice(&w), ward_str_bytes(r->json)};

	ward_sha256_parts(part, WARD_ARRAY_LEN(part), record.b);
	ward_ledger_commitment(salt, &record, ret);
}

static void make_salt(struct ward_store *s, uint8_t ret[WARD_LEDGER_SALT])
{
	if (s->o.salt)
		s->o.salt(s->o.salt_ctx, ret);
	else
		ward_salts_next(&s->salts, ret);
}

/* Whether the row is there already; if so, it is counted, and told when it differs. */
static enum ward_err find(struct ward_store *s, const struct ward_store_row *r, bool *ret)
{
	sqlite3_stmt *st = s->st[WARD_SQL_FIND];
	struct ward_store_row have;
	enum ward_err err;

	ward_sql_bind_int(st, 1, r->kind);
	ward_sql_bind_bytes(st, 2, r->id.b, sizeof(r->id.b));
	ward_sql_bind_int(st, 3, r->revision);
	err = ward_sql_step(st, ret);
	if (!err && *ret)
		err = ward_store_row_of(s, st, &have);
	if (!err && *ret) {
		s->stats.n_known++;
		/* an erased one can't be compared */
		if (have.json.p && (have.time != r->time || !ward_str_eq(have.json, r->json))) {
			s->stats.n_differing++;
			if (s->o.fault)
				s->o.fault(s->o.fault_ctx,
					&(struct ward_store_fault){
						"the same row came with other content", have.row});
		}
	}
	ward_sql_reset(st);
	return err;
}

static enum ward_err put_leaf(
	struct ward_store *s, uint64_t number, const struct ward_hash *commitment)
{
	sqlite3_stmt *st = s->st[WARD_SQL_PUT_LEAF];

	ward_sql_bind_int(st, 1, (int64_t)number);
	ward_sql_bind_bytes(st, 2, commitment->b, sizeof(commitment->b));
	return ward_sql_run(st);
}

enum ward_err ward_store_add(struct ward_store *s, const struct ward_store_leaf *l)
{
	sqlite3_stmt *st = s->st[WARD_SQL_PUT_RECORD];
	uint64_t number = s->grown.n + 1;
	struct ward_hash leaf;
	enum ward_err err = put_leaf(s, number, &l->commitment);

	if (err)
		return err;
	ward_sql_bind_int(st, 1, (int64_t)number);
	ward_sql_bind_int(st, 2, l->row.kind);
	ward_sql_bind_bytes(st, 3, l->row.id.b, sizeof(l->row.id.b));
	ward_sql_bind_int(st, 4, l->row.revision);
	ward_sql_bind_int(st, 5, l->row.time);
	if (l->row.json.p) { /* else both are NULL: it is erased */
		ward_sql_bind_text(st, 6, l->row.json);
		ward_sql_bind_bytes(st, 7, l->salt.p, l->salt.len);
	}
	err = ward_sql_run(st);
	if (err)
		return err;
	ward_ledger_leaf(ward_slice_of(l->commitment.b, sizeof(l->commitment.b)), &leaf);
	ward_ledger_add(&s->grown, &leaf);
	s->stats.n_added++;
	return WARD_OK;
}

static enum ward_err add(struct ward_store *s, const struct ward_store_row *r)
{
	uint8_t salt[WARD_LEDGER_SALT];
	struct ward_store_leaf l = {.row = *r, .salt = ward_slice_of(salt, sizeof(salt))};

	make_salt(s, salt);
	ward_store_commitment(r, salt, &l.commitment);
	return ward_store_add(s, &l);
}

enum ward_err ward_store_put(struct ward_store *s, const struct ward_store_row *r)
{
	bool known = false;
	enum ward_err err;

	if (!ward_store_writable(s))
		return WARD_ERR_STATE;
	if (r->kind < WARD_ROW_DETECTION || r->kind > WARD_ROW_KIND_LAST || r->json.len == 0)
		return WARD_ERR_MALFORMED;
	if (r->json.len > WARD_ROW_JSON_MAX)
		return WARD_ERR_LIMIT;
	if ((uint32_t)r->kind > ward_form_in(WARD_FORM_ROW_KIND, formats_of(s)))
		return WARD_ERR_VERSION;
	err = find(s, r, &known);
	if (!err && !known)
		err = add(s, r);
	return ward_store_settle(s, err);
}

/* Of all bytes that have come. */
static bool checkpoint_fits(const struct ward_store *s)
{
	crypto_hash_sha256_state sha = s->checkpoint_hash;
	uint8_t hash[32];

	(void)crypto_hash_sha256_final(&sha, hash);
	return memcmp(hash, s->checkpoint.sha256, sizeof(hash)) == 0;
}

enum ward_err ward_store_checkpoint_begin(
	struct ward_store *s, const struct ward_store_checkpoint *c)
{
	sqlite3_stmt *st = s->st[WARD_SQL_PUT_CHECKPOINT];
	enum ward_err err;

	if (!ward_store_writable(s))
		return WARD_ERR_STATE;
	if (c->seq == 0)
		return WARD_ERR_MALFORMED;
	if (c->seq > INT64_MAX || c->size > INT64_MAX)
		return WARD_ERR_LIMIT;
	err = ward_sql_run(s->st[WARD_SQL_DROP_CHECKPOINT]);
	if (!err)
		err = ward_sql_run(s->st[WARD_SQL_DROP_PARTS]);
	if (err)
		return ward_store_settle(s, err);
	ward_sql_bind_int(st, 1, (int64_t)c->seq);
	ward_sql_bind_int(st, 2, (int64_t)c->size);
	ward_sql_bind_bytes(st, 3, c->sha256, sizeof(c->sha256));
	err = ward_store_settle(s, ward_sql_run(st));
	if (err)
		return err;
	s->has_checkpoint = true;
	s->checkpoint = *c;
	s->checkpoint_len = 0;
	(void)crypto_hash_sha256_init(&s->checkpoint_hash);
	return c->size > 0 || checkpoint_fits(s) ? WARD_OK : WARD_ERR_MALFORMED;
}

enum ward_err ward_store_checkpoint_put(struct ward_store *s, struct ward_slice bytes)
{
	sqlite3_stmt *st = s->st[WARD_SQL_PUT_PART];
	enum ward_err err;

	if (!ward_store_writable(s) || !s->has_checkpoint)
		return WARD_ERR_STATE;
	if (bytes.len == 0 || bytes.len > WARD_STORE_PIECE_MAX ||
		bytes.len > s->checkpoint.size - s->checkpoint_len)
		return WARD_ERR_LIMIT;
	ward_sql_bind_int(st, 1, (int64_t)s->checkpoint_len);
	ward_sql_bind_bytes(st, 2, bytes.p, bytes.len);
	err = ward_store_settle(s, ward_sql_run(st));
	if (err)
		return err;
	(void)crypto_hash_sha256_update(&s->checkpoint_hash, bytes.p, bytes.len);
	s->checkpoint_len += bytes.len;
	if (s->checkpoint_len == s->checkpoint.size && !checkpoint_fits(s))
		return WARD_ERR_MALFORMED;
	return WARD_OK;
}

static enum ward_err put_ends(struct ward_store *s, uint64_t position)
{
	sqlite3_stmt *st = s->st[WARD_SQL_PUT_LEDGER];
	struct ward_slice peaks = ward_store_peaks(&s->grown);
	enum ward_err err = WARD_OK;

	if (s->grown.n != s->ledger.n) {
		ward_sql_bind_int(st, 1, (int64_t)s->grown.n);
		ward_sql_bind_bytes(st, 2, peaks.p, peaks.len);
		err = ward_sql_run(st);
	}
	if (!err && position > s->position) {
		st = s->st[WARD_SQL_PUT_POSITION];
		ward_sql_bind_int(st, 1, (int64_t)position);
		err = ward_sql_run(st);
	}
	return err;
}

enum ward_err ward_store_commit(struct ward_store *s, uint64_t position)
{
	enum ward_err err;

	if (!ward_store_writable(s))
		return WARD_ERR_STATE;
	if (position > INT64_MAX)
		return WARD_ERR_LIMIT;
	if (s->has_checkpoint && (s->checkpoint_len != s->checkpoint.size || !checkpoint_fits(s)))
		return WARD_ERR_MALFORMED;
	err = put_ends(s, position);
	if (!err)
		err = ward_sql_run(s->st[WARD_SQL_COMMIT]);
	if (ward_store_settle(s, err))
		return err;
	s->open = false;
	s->ledger = s->grown;
	s->position = position > s->position ? position : s->position;
	s->stats.n_commit++;
	return s->log_pages < LOG_PAGES_MOST ? WARD_OK : ward_store_tidy(s);
}

bool ward_store_untidy(const struct ward_store *s)
{
	return s->log_pages >= LOG_PAGES;
}

enum ward_err ward_store_tidy(struct ward_store *s)
{
	if (s->open || s->failed)
		return WARD_ERR_STATE;
	s->log_pages = 0;
	return ward_store_settle(s, ward_sql_err(sqlite3_wal_checkpoint_v2(
					    s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL)));
}
