#include "run/proc/config.h"

#include "revision/diff.h"

enum { HUNK_LINES = 20000 };

/* ---- parts of answers ---- */

static void put_hash(struct ward_json *j, const char *key, const uint8_t hash[WARD_REVISION_HASH])
{
	char hex[2 * WARD_REVISION_HASH];
	struct ward_wr w = ward_wr_fixed(hex, sizeof(hex));

	ward_wr_hex(&w, ward_slice_of(hash, WARD_REVISION_HASH));
	ward_json_key(j, key);
	ward_json_str(j, ward_wr_text(&w));
}

static void put_version(struct ward_json *j, const struct ward_revision_version *v)
{
	ward_json_put_u64(j, "version", v->number);
	ward_json_key(j, "taken");
	ward_json_time(j, v->taken);
	ward_json_put_str(j, "by", v->by);
	ward_json_put_str(j, "why", v->why);
}

static void put_hunks(struct ward_json *j, const struct ward_diff *d)
{
	size_t n = 0;

	ward_json_key(j, "hunks");
	ward_json_arr(j);
	for (size_t h = 0; h < d->n && n < HUNK_LINES; h++) {
		ward_json_obj(j);
		ward_json_put_u64(j, "from", d->hunk[h].from);
		ward_json_put_u64(j, "to", d->hunk[h].to);
		ward_json_key(j, "lines");
		ward_json_arr(j);
		for (size_t i = 0; i < d->hunk[h].n && n < HUNK_LINES; i++, n++) {
			const char sign[2] = {d->hunk[h].line[i].sign, 0};

			ward_json_obj(j);
			ward_json_key(j, "sign");
			ward_json_z(j, sign);
			ward_json_put_str(j, "text", d->hunk[h].line[i].text);
			ward_json_obj_end(j);
		}
		ward_json_arr_end(j);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	if (n == HUNK_LINES) {
		ward_json_key(j, "cut");
		ward_json_bool(j, true);
	}
}

static enum ward_err put_file(struct config *k, struct ward_json *j,
	const struct ward_revision_file *from, const struct ward_revision_file *to)
{
	struct ward_slice was = {0}, is = {0};
	struct ward_diff d = {0};
	const struct ward_revision_file *of = to ? to : from;

	WARD_ASSERT(of); /* one of them is there */
	enum ward_err err = from ? ward_revision_text_of(k->r, from, &k->scratch, &was) : WARD_OK;

	if (!err && to)
		err = ward_revision_text_of(k->r, to, &k->scratch, &is);
	if (!err)
		err = ward_diff_lines(ward_slice_text(was), ward_slice_text(is), WARD_DIFF_AROUND,
			&k->scratch, &d);
	if (err)
		return err;
	ward_json_obj(j);
	ward_json_put_str(j, "path", of->path);
	ward_json_key(j, "what");
	ward_json_z(j, of == from ? "removed" : from ? "changed" : "added");
	put_hunks(j, &d);
	ward_json_obj_end(j);
	return WARD_OK;
}

bool config_put_diff(struct config *k, struct ward_json *j, const struct ward_revision_tree *from,
	const struct ward_revision_tree *to)
{
	enum ward_err err = WARD_OK;
	size_t i = 0, m = 0;

	ward_json_key(j, "files");
	ward_json_arr(j);
	while (!err && (i < from->n || m < to->n)) {
		int c = i == from->n ? 1
			: m == to->n ? -1
				     : ward_str_cmp(from->file[i].path, to->file[m].path);

		if (c < 0)
			err = put_file(k, j, &from->file[i++], NULL);
		else if (c > 0)
			err = put_file(k, j, NULL, &to->file[m++]);
		else {
			if (memcmp(from->file[i].hash, to->file[m].hash, WARD_REVISION_HASH) != 0)
				err = put_file(k, j, &from->file[i], &to->file[m]);
			i++;
			m++;
		}
	}
	ward_json_arr_end(j);
	return !err;
}

/* ---- answers ---- */

static enum ward_err state(struct config *k, struct ward_json *j, const char **why)
{
	struct ward_revision_tree now = {0}, last = {0};
	struct ward_revision_version changes;
	size_t n;
	const struct ward_revision_version *v = ward_revision_list(k->r, &n);
	enum ward_err err = ward_revision_scan(k->r, false, &k->scratch, &now);

	if (!err && n)
		err = ward_revision_tree(k->r, n, &k->scratch, &last);
	*why = ward_revision_why(k->r);
	if (err || !n)
		return err ? err : WARD_ERR_NOT_FOUND;
	ward_revision_count(&last, &now, &changes);
	ward_json_obj(j);
	put_version(j, &v[n - 1]);
	put_hash(j, "sha256", v[n - 1].manifest);
	ward_json_key(j, "changed_on_disk");
	ward_json_bool(j, changes.added || changes.changed || changes.removed);
	ward_json_key(j, "begins");
	ward_json_bool(j, k->ends);
	ward_json_put_u64(j, "left_out", now.n_left_out);
	ward_json_key(j, "files");
	ward_json_arr(j);
	for (size_t i = 0; i < last.n; i++) {
		ward_json_obj(j);
		ward_json_put_str(j, "path", last.file[i].path);
		ward_json_put_u64(j, "bytes", last.file[i].size);
		put_hash(j, "sha256", last.file[i].hash);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_obj_end(j);
	return WARD_OK;
}

static void versions(struct config *k, struct ward_json *j)
{
	size_t n;
	const struct ward_revision_version *v = ward_revision_list(k->r, &n);

	ward_json_obj(j);
	ward_json_key(j, "items");
	ward_json_arr(j);
	while (n-- > 0) { /* the latest first */
		ward_json_obj(j);
		put_version(j, &v[n]);
		ward_json_put_u64(j, "added", v[n].added);
		ward_json_put_u64(j, "changed", v[n].changed);
		ward_json_put_u64(j, "removed", v[n].removed);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static enum ward_err file(
	struct config *k, const struct ward_configure_ask *a, struct ward_json *j, const char **why)
{
	uint64_t version = a->version ? a->version : ward_revision_current(k->r);
	struct ward_revision_tree t = {0};
	struct ward_slice text = {0};
	enum ward_err err = ward_revision_tree(k->r, version, &k->scratch, &t);
	const struct ward_revision_file *f = err ? NULL : ward_revision_find(&t, a->path);

	*why = err ? ward_revision_why(k->r)
		   : WARD_TEXT("that version has no such file; secrets and recordings are in none");
	if (err || !f)
		return err ? err : WARD_ERR_NOT_FOUND;
	err = ward_revision_text(k->r, f->hash, &k->scratch, &text);
	*why = ward_revision_why(k->r);
	if (err)
		return err;
	ward_json_obj(j);
	ward_json_put_str(j, "path", f->path);
	ward_json_put_u64(j, "version", version);
	ward_json_put_str(j, "text", ward_slice_text(text));
	ward_json_obj_end(j);
	return WARD_OK;
}

static enum ward_err diff(
	struct config *k, const struct ward_configure_ask *a, struct ward_json *j, const char **why)
{
	struct ward_revision_tree from = {0}, to = {0};
	enum ward_err err = ward_revision_tree(k->r, a->version, &k->scratch, &from);

	if (!err)
		err = ward_revision_tree(k->r, a->to, &k->scratch, &to);
	*why = ward_revision_why(k->r);
	if (err)
		return err;
	ward_json_obj(j);
	if (!config_put_diff(k, j, &from, &to))
		err = WARD_ERR_NOMEM;
	*why = WARD_TEXT("the difference is too large");
	ward_json_obj_end(j);
	return err;
}

static enum ward_err drop(
	struct config *k, const struct ward_configure_ask *a, struct ward_json *j, const char **why)
{
	struct config_proposal *p = config_proposal(k, a->path);

	*why = WARD_TEXT("there is no such proposal any more");
	if (!p)
		return WARD_ERR_NOT_FOUND;
	config_drop(p);
	ward_json_obj(j);
	ward_json_obj_end(j);
	return WARD_OK;
}

static enum ward_err answer(struct config *k, const struct ward_configure_ask *a,
	struct ward_wr *json, const char **why)
{
	struct ward_json j = ward_json_on(json);

	if (ward_revision_refresh(k->r) != WARD_OK) {
		*why = ward_revision_why(k->r);
		return WARD_ERR_IO;
	}
	switch (a->what) {
	case WARD_CONFIGURE_STATE:
		return state(k, &j, why);
	case WARD_CONFIGURE_VERSIONS:
		versions(k, &j);
		return WARD_OK;
	case WARD_CONFIGURE_FILE:
		return file(k, a, &j, why);
	case WARD_CONFIGURE_DIFF:
		return diff(k, a, &j, why);
	case WARD_CONFIGURE_PROPOSE:
		return config_propose(k, a, json, why);
	case WARD_CONFIGURE_DROP:
		return drop(k, a, &j, why);
	case WARD_CONFIGURE_QUESTIONS:
		return config_questions(k, a, &j, why);
	case WARD_CONFIGURE_LAYOUT:
		return config_layout(k, a, &j, why);
	case WARD_CONFIGURE_N:
	default:
		return WARD_ERR_MALFORMED;
	}
}

void config_answer(struct config *k, const struct ward_configure_ask *a)
{
	struct ward_wr json = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ANSWER - 8192);
	struct ward_configured d = {.err = WARD_ERR_IO};
	const char *why = WARD_TEXT(
		"the versions of the hospital's directory can't be read: ward.log says more");

	if (k->r)
		d.err = answer(k, a, &json, &why);
	if (!d.err && ward_wr_bad(&json)) {
		d.err = WARD_ERR_LIMIT;
		why = WARD_TEXT("the answer is too long; ask for less");
	}
	if (!d.err)
		d.json = ward_wr_text(&json);
	else
		d.why = ward_str_z(why);
	ward_configured_put(&k->answer, &d);
	ward_wr_fini(&json);
}
