/* Each version of the hospital's directory is an entry of the ledger, whoever made it: taken on a
 * page, on the machine, noted since somebody edited a file, or gone back to by Ward itself. The
 * list of versions is what is recorded from; which one was recorded last is marked beside it once
 * the journal has it. Killed between, it is recorded again, under the same id. */
#include "run/proc/config.h"

#include <stdio.h>

enum { AT_ONCE = 16, CHANGES = 480 }; /* bytes of a list of files: less than an arg may have */

#define MARK "recorded"

static const ward_ns look_every = 5 * WARD_NS_PER_S, refused_pause = 30 * WARD_NS_PER_S;

/* The same in each life. */
static struct ward_id id_of(const struct ward_revision_version *v)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward configuration version");
	ward_idgen_u64(&g, v->number);
	ward_idgen_u64(&g, (uint64_t)v->taken);
	ward_idgen_bytes(&g, v->manifest, sizeof(v->manifest));
	ward_idgen_bytes(&g, v->before, sizeof(v->before));
	return ward_idgen_final(&g);
}

#define MORE "..."

static void put_path(struct ward_wr *w, struct ward_str path, bool *more)
{
	if (w->len + 1 + path.len + strlen(" " MORE) > CHANGES) {
		*more = true;
		return;
	}
	if (w->len)
		ward_wr_ch(w, ' ');
	ward_wr_str(w, path);
}

/* Files that are other in one than in the other; those in no folder, or those in one. */
static void put_other(const struct ward_revision_tree *was, const struct ward_revision_tree *is,
	bool in_folder, struct ward_wr *w, bool *more)
{
	for (size_t i = 0, j = 0; i < was->n || j < is->n;) {
		int c = i == was->n  ? 1
			: j == is->n ? -1
				     : ward_str_cmp(was->file[i].path, is->file[j].path);
		struct ward_str path = c <= 0 ? was->file[i].path : is->file[j].path;
		bool same = c == 0 &&
			    memcmp(was->file[i].hash, is->file[j].hash, WARD_REVISION_HASH) == 0;

		i += c <= 0;
		j += c >= 0;
		if (!same && in_folder == (memchr(path.p, '/', path.len) != NULL))
			put_path(w, path, more);
	}
}

/* What rules about Ward itself read: the files that are other than in the version before, with
 * blanks between them and MORE at the end where there are too many. What says who may what, who is
 * told and what is watched lies in no folder and comes first, so that much else does not hide it.
 * The first version is all of it, and says nothing. */
static struct ward_str put_changes(
	struct config *k, const struct ward_revision_version *v, struct ward_wr *w)
{
	struct ward_revision_tree was, is;
	struct ward_arena a;
	bool more = false;

	if (v->number < 2)
		return WARD_STR("");
	ward_arena_init(&a, ward_mem_heap(), CONFIG_ARENA);
	enum ward_err err = ward_revision_tree(k->r, v->number - 1, &a, &was);

	if (!err)
		err = ward_revision_tree(k->r, v->number, &a, &is);
	if (err) {
		WARD_LOG(&k->p.log, ERROR, "config.not_compared", WARD_KV_U("version", v->number),
			WARD_KV_Z("error", ward_err_name(err)));
		more = true;
	} else {
		put_other(&was, &is, false, w, &more);
		put_other(&was, &is, true, w, &more);
	}
	if (more)
		ward_wr_z(w, w->len ? " " MORE : MORE);
	ward_arena_fini(&a);
	return ward_wr_text(w);
}

/* {"version":"7","manifest":"…","changes":"sources.yml"}: the SHA-256 of the list of its files with
 * theirs, and which are other than before. */
static struct ward_str put_args(
	struct ward_wr *w, const struct ward_revision_version *v, struct ward_str changes)
{
	struct ward_json j = ward_json_on(w);
	char number[24], hash[2 * WARD_REVISION_HASH];
	struct ward_wr hex = ward_wr_fixed((uint8_t *)hash, sizeof(hash));

	(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)v->number);
	ward_wr_hex(&hex, ward_slice_of(v->manifest, WARD_REVISION_HASH));
	ward_json_obj(&j);
	ward_json_key(&j, "version");
	ward_json_z(&j, number);
	ward_json_key(&j, "manifest");
	ward_json_str(&j, ward_wr_text(&hex));
	if (changes.len) {
		ward_json_key(&j, "changes");
		ward_json_str(&j, changes);
	}
	ward_json_obj_end(&j);
	return ward_wr_text(w);
}

/* To the batch. */
static enum ward_err add_decision(struct config *k, const struct ward_decision *d)
{
	uint8_t bytes[WARD_WIRE_RECORD_MAX / 16];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_event e;

	ward_event_init(&e, &k->scratch);
	e.source = ward_name(&k->names, WARD_STR("config"));
	e.seen = ward_clock_now(k->p.clock);
	enum ward_err err = ward_decision_to_event(d, WARD_REPORT_OTHER, &k->names, &e);

	ward_event_encode(&e, &k->names, &w);
	if (!err && (ward_wr_bad(&w) || !ward_batch_add(&k->batch, WARD_LANE_CONTROL,
						WARD_RECORD_EVENT, ward_wr_slice(&w))))
		err = WARD_ERR_LIMIT;
	return err;
}

static enum ward_err add(struct config *k, const struct ward_revision_version *v)
{
	uint8_t args[1536], files[CHANGES];
	struct ward_wr w = ward_wr_fixed(args, sizeof(args)),
		       changes = ward_wr_fixed(files, sizeof(files));
	bool by_page = v->number == k->decided_version;
	const struct ward_decision d = {.kind = WARD_DECISION_CONFIGURE,
		.id = id_of(v),
		.at = v->taken,
		.person = v->by,
		.role = by_page ? ward_str_z(k->decided_role) : WARD_STR("unknown"),
		.subject = WARD_STR("configuration"),
		.text = v->why,
		.args = put_args(&w, v, put_changes(k, v, &changes))};

	return ward_wr_bad(&w) ? WARD_ERR_LIMIT : add_decision(k, &d);
}

/* A record of its own about what a version is to the people whose data it has. */
static enum ward_err add_about(struct config *k, const struct ward_revision_version *v,
	const char *subject, struct ward_str text, const char *args)
{
	struct ward_idgen g;

	ward_idgen_init(&g, subject[0] == 's' ? "ward scope widened" : "ward assessment reopened");
	ward_idgen_id(&g, id_of(v));
	const struct ward_decision d = {.kind = WARD_DECISION_PROCESSING,
		.id = ward_idgen_final(&g),
		.at = v->taken,
		.person = v->by,
		.role = WARD_STR("unknown"),
		.subject = ward_str_z(subject),
		.text = text,
		.args = ward_str_z(args)};

	return add_decision(k, &d);
}

/* That it watches more of people, and that their impact is to be assessed anew. */
static enum ward_err add_scope(struct config *k, const struct ward_revision_version *v)
{
	uint8_t wider_text[2000], moved_text[2000];
	struct ward_wr wider = ward_wr_fixed(wider_text, sizeof(wider_text)),
		       moved = ward_wr_fixed(moved_text, sizeof(moved_text));
	enum ward_err err = config_scope(k, v->number, &wider, &moved);

	if (err) { /* who assesses it is told rather than nobody */
		WARD_LOG(&k->p.log, ERROR, "config.not_compared", WARD_KV_U("version", v->number),
			WARD_KV_Z("error", ward_err_name(err)));
		ward_wr_z(&moved, "all of it (it could not be compared with the version before)");
		err = WARD_OK;
	}
	if (wider.len) {
		WARD_LOG(&k->p.log, WARN, "config.widened", WARD_KV_U("version", v->number),
			WARD_KV_S("what", ward_wr_text(&wider)));
		err = add_about(k, v, "scope", ward_wr_text(&wider), "{\"say\":\"widened\"}");
	}
	if (!err && moved.len) {
		WARD_LOG(&k->p.log, WARN, "config.assessment_open", WARD_KV_U("version", v->number),
			WARD_KV_S("what", ward_wr_text(&moved)));
		err = add_about(k, v, "dpia", ward_wr_text(&moved), "{\"say\":\"reopened\"}");
	}
	return err;
}

static enum ward_err append(struct config *k)
{
	struct ward_msg m;
	enum ward_err err = ward_ask(
		&k->journal, WARD_MSG_APPEND, ward_batch_body(&k->batch), WARD_MSG_APPENDED, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "journal", err);
	return err ? err : (enum ward_err)ward_rd_u8(&m.body);
}

enum ward_err config_record_trial(struct config *k, const struct ward_decision *d)
{
	ward_batch_begin(&k->batch);
	enum ward_err err = add_decision(k, d);

	if (!err)
		err = append(k);
	ward_count_name(&k->p.counters, err ? "config.unrecorded" : "config.recorded", 1);
	return err;
}

static void mark(struct config *k, uint64_t n)
{
	k->recorded = n;
	if (ward_revision_mark(k->r, MARK, n) != WARD_OK)
		WARD_LOG(&k->p.log, WARN, "config.unmarked",
			WARD_KV_Z("why", ward_revision_why(k->r)));
}

void config_record(struct config *k)
{
	ward_ns now = ward_clock_mono(k->p.clock);
	size_t n, n_add = 0;
	enum ward_err err = WARD_OK;
	const struct ward_revision_version *v = ward_revision_list(k->r, &n);

	k->record_at = now + look_every;
	if (k->recorded > n) /* another list is here: its folder was moved away */
		k->recorded = 0;
	if (k->recorded == n)
		return;
	ward_batch_begin(&k->batch);
	while (!err && n_add < AT_ONCE && k->recorded + n_add < n) {
		err = add(k, &v[k->recorded + n_add]);
		if (!err)
			err = add_scope(k, &v[k->recorded + n_add]);
		n_add++;
	}
	if (!err)
		err = append(k);
	ward_count_name(
		&k->p.counters, err ? "config.unrecorded" : "config.recorded", err ? 1 : n_add);
	if (err) {
		k->record_at = now + refused_pause;
		WARD_LOG(&k->p.log, WARN, "config.unrecorded",
			WARD_KV_U("waiting", n - k->recorded), WARD_KV_E(err));
		return;
	}
	mark(k, k->recorded + n_add);
	if (k->recorded < n)
		k->record_at = now;
}

void config_record_open(struct config *k)
{
	k->recorded = ward_revision_marked(k->r, MARK);
	config_record(k);
}

void config_record_due(struct config *k)
{
	if (!k->r || k->ends || ward_clock_mono(k->p.clock) < k->record_at)
		return;
	ward_arena_reset(&k->scratch);
	/* `ward config take` and `back` make versions beside this process */
	if (ward_revision_refresh(k->r) == WARD_OK)
		config_record(k);
	else
		k->record_at = ward_clock_mono(k->p.clock) + refused_pause;
}
