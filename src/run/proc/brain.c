/* The brain's process: reads the journal, thinks, gives what follows to the store.
 *
 * What came out of a batch of records and the position behind it are one transaction of the store;
 * every 30 s the brain's whole memory goes with it. A new life loads the last memory and reads on
 * from there: what it says again has the same ids and revisions and is known to the store. Ticks
 * come from the records' own times, so that a second reading sees the same ticks. */
#include "desk/event.h"
#include "brain/brain.h"
#include "detect/unseen.h"
#include "run/process.h"
#include "run/board.h"
#include "run/committer.h"
#include "run/ground.h"
#include "run/kept_file.h"
#include "run/stopped.h"
#include "run/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DEATHS_MAX = 3 }; /* at one record, which is then left out */
enum { DROPPED_MAX = 64, RULE_BYTES = 128, WAITING_MAX = 32 };
enum { BATCH_MAX = 512, EVENT_BYTES_MAX = 16 << 20, CHECKPOINT_BYTES_MAX = 512 << 20 };

static const ward_ns checkpoint_every = 30 * WARD_NS_PER_S, tick_every = WARD_NS_PER_S;
/* A clock that was ahead was put right: nothing waits for the time that it had showed. */
static const ward_ns clock_back_max = 300 * WARD_NS_PER_S;
static const ward_ns ask_again = 300 * WARD_NS_PER_MS;

static const enum ward_row_kind row_kind[] = {
	[WARD_OUTPUT_DETECTION] = WARD_ROW_DETECTION,
	[WARD_OUTPUT_INCIDENT] = WARD_ROW_INCIDENT,
	[WARD_OUTPUT_IMPACT] = WARD_ROW_IMPACT,
	[WARD_OUTPUT_DECISION] = WARD_ROW_DECISION,
	[WARD_OUTPUT_PERMIT] = WARD_ROW_PERMIT,
	[WARD_OUTPUT_ACCOUNT] = WARD_ROW_ACCOUNT,
};

/* The record that is being thought about, and how many lives have ended at it. */
struct place {
	uint64_t seq, deaths;
};

struct mind {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_diag diag;  /* of all but the rules */
	struct ward_diag rules; /* of these */
	struct ward_kept *kept; /* what their files were when they were without an error */
	struct ward_names names;
	struct ward_model *model;
	struct ward_ruleset *ruleset;
	struct ward_rules *propagation;
	struct ward_bl_profiles *baselines; /* NULL: the hospital wants none */
	struct ward_inv_rules *inventory;
	struct ward_door_rules *doors;
	struct ward_points *points;
	struct ward_brain *brain;
	uint32_t permit;         /* the class of events that tell of works permits */
	struct ward_arena arena; /* of one event */
	struct ward_ask journal;
	struct ward_committer *store;
	struct ward_wr memory; /* the last checkpoint, until it is committed */
	uint64_t next;         /* sequence to read */
	int at;                /* memory file of the supervisor: struct place */
	struct place dead;     /* where the last lives ended */
	ward_ns ticked;        /* time of the last tick, of the records' clock */
	ward_ns saved;         /* monotonic time of the last checkpoint */
	uint64_t save_seq;     /* what the last committed checkpoint has seen; 0: none */
	/* Correlations whose windows a memory of other rules had, and how many. */
	struct {
		char rule[RULE_BYTES];
		uint64_t n;
	} dropped[DROPPED_MAX];
	size_t n_dropped;
	struct ward_unseen unseen;     /* which rules wait in vain */
	size_t n_waiting;              /* in this look */
	struct ward_board board;       /* what it knows of sources, for who shows it */
	struct ward_board rules_board; /* the same of rules */
	struct ward_arena waits_text;
	struct ward_str *waits;  /* by rule: the field that never came; or empty */
	uint64_t n_dropped_more; /* of others */
};

static void die(struct mind *m, const char *why, enum ward_err err)
{
	ward_process_die(&m->p, why, err);
}

/* The sensors have replaced identities already: a person's field is a token. */
static struct ward_str actor(void *ctx, struct ward_arena *a, uint32_t field, struct ward_str who)
{
	(void)ctx;
	(void)field;
	return ward_arena_str(a, who);
}

static void on_output(void *ctx, const struct ward_output *o)
{
	struct mind *m = ctx;
	struct ward_store_row row = {.kind = row_kind[o->kind],
		.id = o->id,
		.revision = o->revision,
		.time = o->time,
		.json = o->json};
	enum ward_err err = ward_committer_row(m->store, &row);

	if (err == WARD_ERR_FULL) { /* one record said very much: in two transactions */
		err = ward_committer_commit(m->store, m->next - 1);
		if (!err)
			err = ward_committer_row(m->store, &row);
	}
	if (err == WARD_ERR_LIMIT) {
		ward_count_name(&m->p.counters, "brain.row_too_large", 1);
		WARD_LOG(&m->p.log, ERROR, "brain.row_too_large",
			WARD_KV_Z("kind", ward_output_kind_name(o->kind)),
			WARD_KV_U("bytes", o->json.len));
	} else if (err) {
		die(m, "cannot keep a row", err);
	}
}

static void tell_diag(struct mind *m, struct ward_diag *diag)
{
	ward_diag_sort(diag);
	for (size_t i = 0; i < diag->n; i++) {
		const struct ward_diag_item *d = &diag->item[i];

		if (d->level == WARD_DIAG_ERROR)
			WARD_LOG(&m->p.log, ERROR, "brain.finding", WARD_KV_S("file", d->file),
				WARD_KV_U("line", d->line), WARD_KV_S("what", d->what),
				WARD_KV_S("mend", d->mend));
		else if (d->level == WARD_DIAG_WARNING)
			WARD_LOG(&m->p.log, WARN, "brain.finding", WARD_KV_S("file", d->file),
				WARD_KV_U("line", d->line), WARD_KV_S("what", d->what),
				WARD_KV_S("mend", d->mend));
	}
}

/* A rule that does not load is one that does not watch: each is told, the others work. */
static void tell_findings(struct mind *m)
{
	struct ward_ruleset_counts c = ward_ruleset_counts(m->ruleset);

	ward_count_name(&m->p.counters, "brain.rules_refused", c.n_refused);
	ward_count_name(&m->p.counters, "brain.files_as_before", ward_kept_n_used(m->kept));
	WARD_LOG(&m->p.log, INFO, "brain.rules", WARD_KV_U("live", c.n_stage[WARD_STAGE_LIVE]),
		WARD_KV_U("notice", c.n_stage[WARD_STAGE_NOTICE]),
		WARD_KV_U("shadow", c.n_stage[WARD_STAGE_SHADOW]),
		WARD_KV_U("off", c.n_stage[WARD_STAGE_OFF]), WARD_KV_U("refused", c.n_refused));
	tell_diag(m, &m->diag);
	tell_diag(m, &m->rules);
}

static enum ward_err read_content(struct mind *m)
{
	const char *dir = ward_process_setting(&m->p, "hospital");
	const char *content = ward_process_setting(&m->p, "content");
	char rules[4096], propagation[4096], baselines[4096], inventory[4096], doors[4096];
	const char *rule_paths[] = {rules};
	struct ward_ruleset_args args = {
		.rules = rule_paths, .n_rules = 1, .content = content, .hospital = dir};
	enum ward_err err;

	if (!dir || !content)
		return WARD_ERR_CONFIG;
	(void)snprintf(rules, sizeof(rules), "%s/rules", content);
	(void)snprintf(propagation, sizeof(propagation), "%s/propagation", content);
	(void)snprintf(baselines, sizeof(baselines), "%s/baselines", content);
	(void)snprintf(inventory, sizeof(inventory), "%s/inventory", content);
	(void)snprintf(doors, sizeof(doors), "%s/doors.yml", content);
	err = ward_model_load(dir, content, &m->lim, ward_mem_heap(), &m->diag, &m->model);
	ward_stopped_mark(&m->p, m->model);
	if (!err)
		err = ward_rules_load(
			propagation, m->model, &m->lim, ward_mem_heap(), &m->diag, &m->propagation);
	if (!err) {
		args.threats = ward_model_threats(m->model);
		err = ward_kept_ruleset(m->kept, &args, &m->rules, &m->ruleset);
	}
	if (!err && ward_model_hospital(m->model)->baselines)
		err = ward_bl_profiles_load(
			baselines, args.threats, &m->names, &m->lim, &m->diag, &m->baselines);
	if (!err)
		err = ward_inv_rules_load(inventory, ward_model_ontology(m->model), &m->names,
			&m->lim, &m->diag, &m->inventory);
	if (!err)
		err = ward_door_rules_load(doors, ward_model_ontology(m->model), &m->lim,
			ward_mem_heap(), &m->diag, &m->doors);
	const struct ward_point_in in = {m->model, &m->lim, ward_mem_heap(), &m->diag};

	if (!err)
		err = ward_points_load(&in, dir, content, &m->points);
	/* A row that is wrong is no point, and is told. */
	return err == WARD_ERR_CONFIG && m->points ? WARD_OK : err;
}

static void load_content(struct mind *m)
{
	enum ward_err err = read_content(m);

	if (err)
		die(m, "cannot load the hospital and its rules; 'ward check' says more", err);
	struct ward_ruleset_counts c = ward_ruleset_counts(m->ruleset);

	err = ward_kept_file_write(m->kept, ward_process_fd(&m->p, "kept"));
	if (err)
		WARD_LOG(&m->p.log, WARN, "brain.kept_lost", WARD_KV_E(err));
	tell_findings(m);
	WARD_LOG(&m->p.log, INFO, "brain.rules", WARD_KV_U("loaded", c.n_loaded),
		WARD_KV_U("refused", c.n_refused));
}

/* What a memory must have in common with this content, whatever the rules. */
static bool same_ground(struct mind *m)
{
	const char *was = ward_process_setting(&m->p, "ground");
	char now[WARD_GROUND_TEXT];

	ward_ground_text(m->model, m->propagation, now);
	return !was || strcmp(was, now) == 0;
}

/* Is there an error in anything but the files of rules and lists? */
static bool beyond_rules(const struct mind *m)
{
	bool any = m->diag.n_error > 0;

	for (size_t i = 0; i < m->rules.n; i++)
		any |= m->rules.item[i].level == WARD_DIAG_ERROR &&
		       !ward_kept_has(m->kept, m->rules.item[i].file);
	return any;
}

static void say_diag(struct ward_diag *diag)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), EVENT_BYTES_MAX);

	ward_diag_sort(diag);
	ward_diag_write_text(diag, &w);
	(void)fwrite(w.p, 1, w.len, stdout);
	ward_wr_fini(&w);
}

/* Are the rules of now fit to be used? Says on standard output what is wrong with them; a rule that
 * can't be used is no reason to go on without the others. */
static int trial(struct mind *m)
{
	enum ward_err err = read_content(m);
	bool beyond = beyond_rules(m), moved = !err && !beyond && !same_ground(m);

	say_diag(&m->diag);
	say_diag(&m->rules);
	if (err)
		printf("ward: cannot load the rules: %s\n", ward_err_text(err));
	else if (moved)
		printf("ward: more than rules changed: for the hospital's own files and for "
		       "propagation\n      end 'ward run' and start it again\n");
	else if (!beyond && m->rules.n_error)
		printf("ward: %zu detection rules are refused and do not watch; of %zu files with "
		       "an error the rules\n      watch as they were before it\n",
			ward_ruleset_counts(m->ruleset).n_refused, ward_kept_n_used(m->kept));
	(void)fflush(stdout);
	return err || beyond || moved ? WARD_PROCESS_DIED : WARD_PROCESS_DONE;
}

static void on_dropped(void *ctx, struct ward_str rule)
{
	struct mind *m = ctx;
	char name[RULE_BYTES];
	size_t i = 0;

	(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(rule));
	while (i < m->n_dropped && strcmp(m->dropped[i].rule, name) != 0)
		i++;
	if (i == DROPPED_MAX) {
		m->n_dropped_more++;
		return;
	}
	if (i == m->n_dropped)
		memcpy(m->dropped[m->n_dropped++].rule, name, sizeof(name));
	m->dropped[i].n++;
}

/* Which correlations begin anew, because they or what they hang on changed. */
static void tell_dropped(struct mind *m)
{
	for (size_t i = 0; i < m->n_dropped; i++)
		WARD_LOG(&m->p.log, WARN, "brain.window_dropped",
			WARD_KV_Z("rule", m->dropped[i].rule),
			WARD_KV_U("windows", m->dropped[i].n));
	if (m->n_dropped_more)
		WARD_LOG(&m->p.log, WARN, "brain.window_dropped", WARD_KV_Z("rule", "(others)"),
			WARD_KV_U("windows", m->n_dropped_more));
}

/* "building/gas_leak.yml" of a whole path. */
static struct ward_str base_name(struct ward_str path)
{
	size_t at = path.len, n = 0;

	while (at && (path.p[at - 1] != '/' || ++n < 2))
		at--;
	return ward_str_sub(path, at, path.len);
}

static void on_waiting(void *ctx, size_t i, struct ward_str field)
{
	struct mind *m = ctx;
	struct ward_rule_info r = ward_ruleset_rule(m->ruleset, i);

	if (m->waits)
		m->waits[i] = ward_arena_str(&m->waits_text, field);
	if (m->n_waiting++ < WAITING_MAX)
		WARD_LOG(&m->p.log, WARN, "brain.rule_waits", WARD_KV_S("rule", r.id),
			WARD_KV_S("title", r.title), WARD_KV_S("field", field),
			WARD_KV_Z("mend",
				"give the source this field, or correct the rule or its pipeline"));
}

static void put_rule(struct mind *m, struct ward_json *j, size_t i)
{
	struct ward_rule_info r = ward_ruleset_rule(m->ruleset, i);
	struct ward_str source = r.category.len ? r.category : r.service;

	ward_json_obj(j);
	ward_board_str(j, "id", r.id.len ? r.id : r.name.len ? r.name : r.title);
	ward_board_str(j, "title", r.title);
	ward_board_str(j, "level", ward_str_z(ward_level_name(r.level)));
	ward_board_str(j, "stage", ward_str_z(ward_stage_name(r.stage)));
	ward_board_str(j, "file", base_name(r.file));
	ward_board_str(j, "source", source.len ? source : r.product);
	ward_board_str(j, "state",
		ward_str_z(r.refused    ? "refused"
			   : r.unmapped ? "unmapped"
			   : r.silent   ? "part"
					: "watches"));
	ward_board_str(j, "reason", ward_str_z(r.reason ? r.reason : ""));
	ward_board_str(j, "waits", m->waits ? m->waits[i] : WARD_STR(""));
	ward_json_obj_end(j);
}

/* After loading, and when it is known anew which wait in vain. */
static void tell_rules(struct mind *m)
{
	struct ward_json *j;

	m->rules_board.written = 0;
	j = ward_board_begin(&m->rules_board, ward_clock_now(m->p.clock));
	if (!j)
		return;
	ward_json_key(j, "rules");
	ward_json_arr(j);
	for (size_t i = 0; i < ward_ruleset_counts(m->ruleset).n; i++)
		if (!ward_ruleset_rule(m->ruleset, i).filter)
			put_rule(m, j, i);
	ward_json_arr_end(j);
	ward_board_end(&m->rules_board);
}

/* Rules whose logsource or field never came since the start: each once, in few lines. */
static void tell_waiting(struct mind *m)
{
	size_t n_source = 0;

	m->n_waiting = 0;
	if (ward_unseen_look(&m->unseen, ward_brain_detector(m->brain), on_waiting, m, &n_source) !=
		WARD_OK)
		die(m, "out of memory", WARD_ERR_NOMEM);
	tell_rules(m);
	if (!m->n_waiting && !n_source)
		return;
	ward_count_name(&m->p.counters, "brain.rules_without_source", n_source);
	ward_count_name(&m->p.counters, "brain.fields_unseen", m->n_waiting);
	WARD_LOG(&m->p.log, INFO, "brain.rules_wait", WARD_KV_U("without_source", n_source),
		WARD_KV_U("fields", m->n_waiting),
		WARD_KV_Z("which", "ward rules check --hospital HOSPITAL --events FILE"));
}

static void make_brain(struct mind *m)
{
	struct ward_brain_config c = {.lim = &m->lim,
		.model = m->model,
		.ruleset = m->ruleset,
		.propagation = m->propagation,
		.baselines = m->baselines,
		.inventory = m->inventory,
		.doors = m->doors,
		.points = m->points,
		.mem = ward_mem_heap(),
		.names = &m->names,
		.counters = &m->p.counters,
		.actor = actor,
		.detect = ward_detect_config_default(),
		.out = on_output,
		.out_ctx = m,
		.dropped = on_dropped,
		.dropped_ctx = m};
	enum ward_err err;

	ward_fuse_options_default(&c.fuse);
	ward_brain_free(m->brain);
	m->brain = NULL;
	if (m->unseen.mem)
		ward_unseen_fini(&m->unseen);
	err = ward_brain_new(&c, &m->brain);
	if (err)
		die(m, "no brain", err);
	ward_unseen_init(&m->unseen, ward_mem_heap());
}

/* The brain's memory, with the state of the tick: be64 time of the last tick, then the brain. */
static void save(struct mind *m)
{
	enum ward_err err;

	ward_wr_reset(&m->memory);
	ward_wr_be64(&m->memory, (uint64_t)m->ticked);
	ward_brain_save(m->brain, &m->memory);
	if (ward_wr_bad(&m->memory))
		die(m, "no memory for a checkpoint", WARD_ERR_NOMEM);
	err = ward_committer_checkpoint(m->store, m->next - 1, ward_wr_slice(&m->memory));
	if (err)
		die(m, "checkpoint", err);
	m->saved = ward_clock_mono(m->p.clock);
	m->save_seq = m->next - 1;
}

/* Rows and position, and with them the memory when it is due; the journal may then forget what that
 * memory has seen. */
static void commit(struct mind *m, bool with_memory)
{
	uint8_t body[8];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	bool due = with_memory || !m->save_seq ||
		   ward_clock_mono(m->p.clock) - m->saved >= checkpoint_every;
	enum ward_err err;

	if (due)
		save(m);
	err = ward_committer_commit(m->store, m->next - 1);
	if (err)
		die(m, "no answer from store", err);
	if (!due)
		return;
	ward_wr_be64(&w, m->save_seq);
	err = ward_msg_send(m->journal.fd, WARD_MSG_ACK, 0, ward_wr_slice(&w));
	if (err && err != WARD_ERR_AGAIN) /* AGAIN: the next one says more */
		die(m, "the journal's link", err);
}

/* Where a former life was: its memory, and the records behind it once more. A memory that this
 * version or this content can't read is given up; the records that it came from are not judged
 * anew by other rules. */
static void resume(struct mind *m)
{
	uint64_t position = 0, seq = 0;
	enum ward_err err = ward_committer_resume(m->store, &position, &seq, &m->memory);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&m->memory));

	if (err && err != WARD_ERR_CORRUPT)
		die(m, "no answer from store", err);
	if (!err && seq) {
		m->ticked = (ward_ns)ward_rd_be64(&r);
		err = ward_brain_load(m->brain, &r);
		if (!err && ward_rd_left(&r))
			err = WARD_ERR_MALFORMED;
	}
	m->next = (err ? position : seq) + 1;
	m->save_seq = err ? 0 : seq;
	if (err) {
		WARD_LOG(&m->p.log, WARN, "brain.forgot", WARD_KV_U("position", position),
			WARD_KV_E(err));
		make_brain(m);
	}
	tell_dropped(m);
	m->saved = ward_clock_mono(m->p.clock);
	WARD_LOG(&m->p.log, INFO, "brain.resumed", WARD_KV_U("position", position),
		WARD_KV_U("from", m->next), WARD_KV_U("memory", m->memory.len));
}

static void on_event(struct mind *m, const struct ward_record *rec)
{
	struct ward_event e;
	enum ward_err err;

	ward_arena_reset(&m->arena);
	err = ward_event_decode(rec->data, &m->names, &m->arena, &m->lim, &e);
	if (err == WARD_ERR_NOMEM)
		die(m, "out of memory", err);
	if (err) { /* of a sensor that was taken over, or is newer than we are */
		ward_count_name(&m->p.counters, "brain.undecodable", 1);
		WARD_LOG(&m->p.log, WARN, "brain.undecodable", WARD_KV_U("seq", rec->seq),
			WARD_KV_U("source", rec->source), WARD_KV_E(err));
		return;
	}
	if (rec->lane != WARD_LANE_CONTROL &&
		ward_decision_is_class(ward_name_text(&m->names, e.class))) {
		/* a sensor that was taken over: what people say comes from the desk alone */
		ward_count_name(&m->p.counters, "brain.decisions_forged", 1);
		WARD_LOG(&m->p.log, WARN, "brain.decision_forged", WARD_KV_U("seq", rec->seq),
			WARD_KV_U("source", rec->source));
		return;
	}
	/* only the supervisor writes into that lane what is a permit (the journal's table) */
	if (rec->lane == WARD_LANE_CONTROL && e.class == m->permit)
		err = ward_brain_permit_event(m->brain, &e);
	if (!err)
		err = ward_brain_event(m->brain, &e);
	if (err)
		die(m, "the brain", err);
}

static void keep_place(struct mind *m, struct place p)
{
	if (pwrite(m->at, &p, sizeof(p), 0) != (ssize_t)sizeof(p))
		die(m, "cannot keep the place", WARD_ERR_IO);
}

static void load_place(struct mind *m)
{
	m->at = ward_process_need_fd(&m->p, "place");
	if (pread(m->at, &m->dead, sizeof(m->dead), 0) != (ssize_t)sizeof(m->dead))
		m->dead = (struct place){0, 0};
	if (m->dead.seq)
		m->dead.deaths++;
}

/* True for a record at which life after life has ended: it is left out, and told, so that all that
 * comes after it is thought about. */
static bool deadly(struct mind *m, uint64_t seq)
{
	struct place here = {seq, seq == m->dead.seq ? m->dead.deaths : 0};

	keep_place(m, here);
	if (here.deaths < DEATHS_MAX)
		return false;
	ward_count_name(&m->p.counters, "brain.left_out", 1);
	WARD_LOG(&m->p.log, ERROR, "brain.left_out", WARD_KV_U("seq", seq),
		WARD_KV_U("deaths", here.deaths));
	return true;
}

/* Begins to think anew; works permits are no thought, nor is what people hold back. */
static void forget(struct mind *m)
{
	struct ward_brain *old = m->brain;

	m->brain = NULL;
	make_brain(m);
	if (ward_brain_permits_from(m->brain, old) != WARD_OK)
		die(m, "out of memory", WARD_ERR_NOMEM);
	ward_brain_mutes_from(m->brain, old);
	ward_brain_free(old);
}

static void on_record(struct mind *m, const struct ward_record *rec)
{
	enum ward_err err;

	if (m->ticked - rec->time > clock_back_max) {
		WARD_LOG(&m->p.log, ERROR, "brain.clock_back", WARD_KV_I("from", m->ticked),
			WARD_KV_I("to", rec->time));
		forget(m);
		m->ticked = rec->time;
	}
	if (rec->time - m->ticked >= tick_every) {
		m->ticked = rec->time;
		err = ward_brain_tick(m->brain, rec->time);
		if (err)
			die(m, "the brain", err);
	}
	if (rec->type == WARD_RECORD_EVENT && !deadly(m, rec->seq)) {
		on_event(m, rec);
		if (ward_unseen_due(&m->unseen, rec->time))
			tell_waiting(m);
	}
	m->next = rec->seq + 1;
}

/* The next records, which the journal gives when there are some; false when stopping. */
static bool read_batch(struct mind *m, struct ward_msg *ret)
{
	uint8_t body[12];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_wr_be64(&w, m->next);
	ward_wr_be32(&w, BATCH_MAX);
	while (!ward_process_stopping()) {
		enum ward_err err = ward_ask(
			&m->journal, WARD_MSG_READ, ward_wr_slice(&w), WARD_MSG_RECORDS, ret);

		if (!err)
			return true;
		if (err != WARD_ERR_AGAIN)
			die(m, "no answer from journal", err);
	}
	return false;
}

/* The journal ends before what we know of it: it was taken away, or lost its tail. All that it has
 * is read; what was in the store stays there. */
static void begin_again(struct mind *m)
{
	WARD_LOG(&m->p.log, ERROR, "brain.other_journal", WARD_KV_U("seen", m->next - 1),
		WARD_KV_Z("mend", "none needed, if its folder was removed on purpose"));
	ward_count_name(&m->p.counters, "brain.other_journal", 1);
	if (m->next == 1) /* nobody could know less */
		die(m, "a malformed answer of journal", WARD_ERR_MALFORMED);
	m->next = 1;
}

static void put_source(struct ward_json *j, const struct ward_brain_source *x)
{
	static const char *const name[] = {"", "offline", "damaged"};
	ward_ns patience = ward_brain_source_patience(x);

	ward_json_obj(j);
	ward_board_str(j, "id", x->of->id);
	ward_board_ns(j, "first", x->first);
	ward_board_ns(j, "last", x->last);
	ward_board_ns(j, "silent", x->silent);
	ward_board_ns(j, "patience", patience);
	ward_board_str(j, "trouble", ward_str_z(name[x->trouble]));
	ward_board_ns(j, "since", x->trouble_since);
	ward_board_str(j, "why", ward_str_z(x->why));
	ward_board_u64(j, "events", x->n);
	ward_json_key(j, "hours"); /* the oldest first */
	ward_json_arr(j);
	for (int64_t h = x->hour + 1; h <= x->hour + WARD_BRAIN_HOURS; h++)
		ward_json_u64(j, x->per_hour[(uint64_t)h % WARD_BRAIN_HOURS]);
	ward_json_arr_end(j);
	ward_board_ns(j, "hour", x->hour * 3600 * WARD_NS_PER_S);
	ward_json_obj_end(j);
}

/* Once a second, what who shows it may know. */
static void tell_board(struct mind *m)
{
	struct ward_json *j = ward_board_begin(&m->board, ward_clock_now(m->p.clock));

	if (!j)
		return;
	ward_board_u64(j, "position", m->next - 1);
	ward_json_key(j, "sources");
	ward_json_arr(j);
	for (size_t i = 0; i < ward_brain_n_source(m->brain); i++)
		put_source(j, ward_brain_source_at(m->brain, i));
	ward_json_arr_end(j);
	ward_board_end(&m->board);
}

static void think(struct mind *m)
{
	struct ward_msg msg;

	while (read_batch(m, &msg)) {
		if (!ward_rd_left(&msg.body)) {
			begin_again(m);
			continue;
		}
		while (ward_rd_left(&msg.body)) {
			struct ward_record rec;

			if (ward_wire_get_record(&msg.body, &rec) != WARD_OK)
				die(m, "a malformed answer of journal", WARD_ERR_MALFORMED);
			on_record(m, &rec);
		}
		commit(m, false);
		keep_place(m, (struct place){0, 0});
		tell_board(m);
		ward_process_count(&m->p);
	}
}

int main(int argc, char **argv)
{
	struct mind *m = calloc(1, sizeof(*m));

	if (!m)
		return WARD_PROCESS_DIED;
	ward_process_begin(&m->p, "brain", argc, argv);
	ward_process_limits(&m->p, &m->lim);
	ward_diag_init(&m->diag, ward_mem_heap());
	ward_diag_init(&m->rules, ward_mem_heap());
	if (ward_kept_new(&m->lim, ward_mem_heap(), &m->kept) != WARD_OK)
		die(m, "out of memory", WARD_ERR_NOMEM);
	if (ward_kept_file_read(m->kept, ward_process_fd(&m->p, "kept")) != WARD_OK)
		WARD_LOG(&m->p.log, WARN, "brain.kept_lost",
			WARD_KV_Z("mend", "none needed, if the rules are without an error"));
	ward_arena_init(&m->arena, ward_mem_heap(), EVENT_BYTES_MAX);
	if (ward_names_init(&m->names, ward_mem_heap(), &m->lim) != WARD_OK)
		die(m, "out of memory", WARD_ERR_NOMEM);
	m->permit = ward_name(&m->names, WARD_STR(WARD_PERMIT_CLASS));
	if (ward_process_setting(&m->p, "trial"))
		return trial(m);
	load_content(m);
	m->journal = (struct ward_ask){.fd = ward_process_need_fd(&m->p, "journal"),
		.next_id = ward_process_ids(),
		.again = ask_again,
		.give_up = ask_again, /* then see whether we are to stop */
		.clock = m->p.clock};
	m->memory = ward_wr_grow(ward_mem_heap(), CHECKPOINT_BYTES_MAX);
	if (ward_committer_new(ward_process_need_fd(&m->p, "store"), m->p.clock, ward_mem_heap(),
		    &m->lim, &m->store) != WARD_OK)
		die(m, "out of memory", WARD_ERR_NOMEM);
	load_place(m);
	ward_board_init(&m->board, ward_process_fd(&m->p, "board"));
	ward_board_init(&m->rules_board, ward_process_fd(&m->p, "rules"));
	ward_arena_init(&m->waits_text, ward_mem_heap(), EVENT_BYTES_MAX);
	m->waits = calloc(ward_ruleset_counts(m->ruleset).n + 1, sizeof(*m->waits));
	tell_rules(m);
	make_brain(m);
	ward_process_cage(&m->p, WARD_CAGE_PLAIN, NULL);
	resume(m);
	think(m);
	if (m->next > 1)
		commit(m, true); /* so that the next start need not read again */
	return ward_process_end(&m->p);
}
