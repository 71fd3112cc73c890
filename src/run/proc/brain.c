/* The brain's process: reads the journal, thinks, gives what follows to the store.
 *
 * What came out of a batch of records and the position behind it are one transaction of the store;
 * every 30 s the brain's whole memory goes with it. A new life loads the last memory and reads on
 * from there: what it says again has the same ids and revisions and is known to the store. Ticks
 * come from the records' own times, so that a second reading sees the same ticks. */
#include "desk/event.h"
#include "run/kept_file.h"
#include "run/proc/brain.h"

#include "comply/deletion.h"

#include <stdlib.h>
#include <unistd.h>

enum { DEATHS_MAX = 3 }; /* at one record, which is then left out */
enum { BATCH_MAX = 512, CHECKPOINT_BYTES_MAX = 512 << 20 };

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
	[WARD_OUTPUT_CENSUS] = WARD_ROW_CENSUS,
	[WARD_OUTPUT_DELETION] = WARD_ROW_DELETION,
};

void brain_die(struct mind *m, const char *why, enum ward_err err)
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
		brain_die(m, "cannot keep a row", err);
	}
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
		.window = brain_on_window,
		.window_ctx = m};
	enum ward_err err;

	ward_fuse_options_default(&c.fuse);
	ward_brain_free(m->brain);
	m->brain = NULL;
	if (m->unseen.mem)
		ward_unseen_fini(&m->unseen);
	err = ward_brain_new(&c, &m->brain);
	if (err)
		brain_die(m, "no brain", err);
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
		brain_die(m, "no memory for a checkpoint", WARD_ERR_NOMEM);
	err = ward_committer_checkpoint(m->store, m->next - 1, ward_wr_slice(&m->memory));
	if (err)
		brain_die(m, "checkpoint", err);
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
		brain_die(m, "no answer from store", err);
	if (!due)
		return;
	ward_wr_be64(&w, m->save_seq);
	err = ward_msg_send(m->journal.fd, WARD_MSG_ACK, 0, ward_wr_slice(&w));
	if (err && err != WARD_ERR_AGAIN) /* AGAIN: the next one says more */
		brain_die(m, "the journal's link", err);
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
		brain_die(m, "no answer from store", err);
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
	brain_tell_windows(m);
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
		brain_die(m, "out of memory", err);
	if (err) { /* of a sensor that was taken over, or is newer than we are */
		ward_count_name(&m->p.counters, "brain.undecodable", 1);
		WARD_LOG(&m->p.log, WARN, "brain.undecodable", WARD_KV_U("seq", rec->seq),
			WARD_KV_U("source", rec->source), WARD_KV_E(err));
		return;
	}
	if (rec->lane != WARD_LANE_CONTROL &&
		(e.class == m->standby || e.class == m->quorum ||
			ward_decision_is_class(ward_name_text(&m->names, e.class)) ||
			ward_deletion_is_class(ward_name_text(&m->names, e.class)))) {
		/* a sensor that was taken over: what people say comes from the desk alone, what was
		 * erased from the journal itself, what becomes of the machine beside, or of the
		 * journal's database, from the supervisor */
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
		brain_die(m, "the brain", err);
}

static void keep_place(struct mind *m, struct place p)
{
	if (pwrite(m->at, &p, sizeof(p), 0) != (ssize_t)sizeof(p))
		brain_die(m, "cannot keep the place", WARD_ERR_IO);
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
		brain_die(m, "out of memory", WARD_ERR_NOMEM);
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
			brain_die(m, "the brain", err);
	}
	if (rec->type == WARD_RECORD_EVENT && !deadly(m, rec->seq)) {
		on_event(m, rec);
		if (ward_unseen_due(&m->unseen, rec->time))
			brain_tell_waiting(m);
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
			brain_die(m, "no answer from journal", err);
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
		brain_die(m, "a malformed answer of journal", WARD_ERR_MALFORMED);
	m->next = 1;
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
				brain_die(m, "a malformed answer of journal", WARD_ERR_MALFORMED);
			on_record(m, &rec);
		}
		commit(m, false);
		keep_place(m, (struct place){0, 0});
		brain_tell_board(m);
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
		brain_die(m, "out of memory", WARD_ERR_NOMEM);
	if (ward_kept_file_read(m->kept, ward_process_fd(&m->p, "kept")) != WARD_OK)
		WARD_LOG(&m->p.log, WARN, "brain.kept_lost",
			WARD_KV_Z("mend", "none needed, if the rules are without an error"));
	ward_arena_init(&m->arena, ward_mem_heap(), EVENT_BYTES_MAX);
	if (ward_names_init(&m->names, ward_mem_heap(), &m->lim) != WARD_OK)
		brain_die(m, "out of memory", WARD_ERR_NOMEM);
	m->permit = ward_name(&m->names, WARD_STR(WARD_PERMIT_CLASS));
	m->standby = ward_name(&m->names, WARD_STR("ward.standby"));
	m->quorum = ward_name(&m->names, WARD_STR("ward.quorum"));
	if (ward_process_setting(&m->p, "trial"))
		return brain_trial(m);
	brain_load_content(m);
	m->journal = (struct ward_ask){.fd = ward_process_need_fd(&m->p, "journal"),
		.next_id = ward_process_ids(),
		.again = ask_again,
		.give_up = ask_again, /* then see whether we are to stop */
		.clock = m->p.clock};
	m->memory = ward_wr_grow(ward_mem_heap(), CHECKPOINT_BYTES_MAX);
	if (ward_committer_new(ward_process_need_fd(&m->p, "store"), m->p.clock, ward_mem_heap(),
		    &m->lim, &m->store) != WARD_OK)
		brain_die(m, "out of memory", WARD_ERR_NOMEM);
	load_place(m);
	ward_board_init(&m->board, ward_process_fd(&m->p, "board"));
	ward_board_init(&m->rules_board, ward_process_fd(&m->p, "rules"));
	ward_arena_init(&m->waits_text, ward_mem_heap(), EVENT_BYTES_MAX);
	m->waits = calloc(ward_ruleset_counts(m->ruleset).n + 1, sizeof(*m->waits));
	brain_tell_rules(m);
	make_brain(m);
	ward_process_cage(&m->p, WARD_CAGE_PLAIN, NULL);
	resume(m);
	think(m);
	if (m->next > 1)
		commit(m, true); /* so that the next start need not read again */
	return ward_process_end(&m->p);
}
