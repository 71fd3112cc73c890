#include "run/feeder.h"

#include "comply/purposes.h"
#include "event/classes.h"

#include <time.h>

enum { RECORD_BYTES_MAX = 128 * 1024, TOKEN_BYTES_MAX = 1200, TOKENS_KEPT = 4096 };

static const ward_ns ask_again = 300 * WARD_NS_PER_MS, full_pause = 200 * WARD_NS_PER_MS;
/* What is refused meanwhile is in the next one's count. */
/* So long a token is remembered: then there may be another key. */
static const ward_ns tokens_for = 3600 * WARD_NS_PER_S;
static const ward_ns loss_every = 5 * WARD_NS_PER_S;

/* Why what came is not in the journal. */
enum loss { NO_ROOM, TOO_LARGE, LOSS_N };

static const struct {
	const char *counter, *reason;
} losses[] = {[NO_ROOM] = {"feeder.lost", WARD_TEXT("the journal is full")},
	[TOO_LARGE] = {"feeder.too_large", WARD_TEXT("longer than a record may be")}};

struct ward_feeder {
	struct ward_process *p;
	struct ward_names *names;
	struct ward_batch batch;
	struct ward_ask journal, pseudonym;
	struct ward_pseudonym_way hide;
	struct ward_identifiers own;
	struct ward_purposes purposes;
	uint32_t source;         /* of the last event that was hidden, … */
	struct ward_str purpose; /* … and what its tokens are for; empty: what is common */
	uint8_t record[RECORD_BYTES_MAX];
	struct ward_intern who; /* identities seen lately, and their tokens by the same id */
	struct ward_str *token;
	size_t cap_token;
	struct ward_arena tokens;
	ward_ns tokens_since;                    /* monotonic */
	uint64_t n_lost[LOSS_N], n_told[LOSS_N]; /* ever; n_told: of these, by events */
	ward_ns told_loss; /* monotonic time of the last such event; 0: never */
};

static void ask_init(struct ward_feeder *f, struct ward_ask *a, const char *peer)
{
	a->fd = ward_process_need_fd(f->p, peer);
	a->next_id = ward_process_ids();
	a->again = ask_again;
	a->give_up = 0;
	a->clock = f->p->clock;
}

static void forget_tokens(struct ward_feeder *f)
{
	ward_intern_fini(&f->who);
	ward_intern_init(&f->who, ward_mem_heap(), TOKENS_KEPT, TOKENS_KEPT * 256);
	ward_arena_reset(&f->tokens);
}

/* One round trip to the pseudonym process; it waits as long as that takes. */
static struct ward_str ask_token(struct ward_feeder *f, struct ward_arena *a, struct ward_str who)
{
	uint8_t body[TOKEN_BYTES_MAX];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m;
	enum ward_err err;

	ward_wr_lv(
		&w, ward_str_bytes(ward_str_sub(who, 0, TOKEN_BYTES_MAX - 16 - WARD_PURPOSE_NAME)));
	if (f->purpose.len)
		ward_wr_lv(&w, ward_str_bytes(f->purpose));
	err = ward_ask(&f->pseudonym, WARD_MSG_TOKENS, ward_wr_slice(&w), WARD_MSG_TOKEN_LIST, &m);
	if (err)
		ward_process_die(f->p, "no answer from pseudonym", err);
	struct ward_slice token = ward_rd_lv(&m.body, TOKEN_BYTES_MAX);

	if (ward_rd_bad(&m.body) || !ward_utf8_valid(token, NULL))
		ward_process_die(f->p, "a malformed token", WARD_ERR_MALFORMED);
	return ward_arena_str(a, ward_slice_text(token));
}

/* Under what a token is remembered: "PURPOSE NUL WHO", of the common purpose WHO. */
static struct ward_str kept_as(
	const struct ward_feeder *f, struct ward_arena *a, struct ward_str who)
{
	char *p = f->purpose.len ? ward_arena_array(a, f->purpose.len + 1 + who.len, 1) : NULL;

	if (!p)
		return f->purpose.len ? (struct ward_str){NULL, 0} : who;
	memcpy(p, f->purpose.p, f->purpose.len);
	p[f->purpose.len] = '\0';
	memcpy(p + f->purpose.len + 1, who.p, who.len);
	return (struct ward_str){p, f->purpose.len + 1 + who.len};
}

static struct ward_str token(void *ctx, struct ward_arena *a, struct ward_str who)
{
	struct ward_feeder *f = ctx;
	ward_ns now = ward_clock_mono(f->p->clock);
	struct ward_str t, as = kept_as(f, a, who);

	if (!as.p && who.p)
		return as;

	if (now - f->tokens_since > tokens_for) {
		forget_tokens(f);
		f->tokens_since = now;
	}
	uint32_t id = ward_intern_find(&f->who, as);

	if (id != WARD_NONE)
		return ward_arena_str(a, f->token[id]);
	t = ask_token(f, a, who);
	if (!t.p)
		return t;
	if (f->who.n == TOKENS_KEPT)
		forget_tokens(f);
	if (ward_mem_more(ward_mem_heap(), &f->token, f->who.n, &f->cap_token, sizeof(*f->token),
		    TOKENS_KEPT) == WARD_OK) {
		struct ward_str kept = ward_arena_str(&f->tokens, t);

		if (kept.p && ward_intern_put(&f->who, as, &id) == WARD_OK)
			f->token[id] = kept;
	}
	return t;
}

/* What tokens that follow are for. */
static void set_purpose(struct ward_feeder *f, uint32_t source)
{
	if (!f->purposes.n || source == f->source)
		return;
	f->source = source;
	f->purpose = ward_purposes_find(&f->purposes, ward_name_text(f->names, source));
}

/* The hospital's own numbers, as the supervisor read them. */
static void read_own(struct ward_feeder *f)
{
	const char *text = ward_process_setting(f->p, "identifiers");
	struct ward_str bad;

	const char *purposes = ward_process_setting(f->p, "purposes");

	if (!ward_purposes_read(ward_str_z(purposes ? purposes : ""), &f->purposes))
		ward_process_die(f->p, "a purpose", WARD_ERR_CONFIG);
	f->source = WARD_NONE;
	f->purpose = WARD_STR("");
	if (text && !ward_identifiers_read(&f->own, ward_str_z(text), &bad))
		ward_process_die(f->p, "a pattern of an identifier", WARD_ERR_CONFIG);
	f->hide.own = f->own.n ? &f->own : NULL;
}

enum ward_err ward_feeder_new(
	struct ward_process *p, struct ward_names *names, struct ward_feeder **ret)
{
	struct ward_feeder *f = ward_mem_alloc(ward_mem_heap(), sizeof(*f));

	if (!f)
		return WARD_ERR_NOMEM;
	f->p = p;
	f->names = names;
	names->numbered = ward_fields_in(ward_process_formats(p));
	ask_init(f, &f->journal, "journal");
	ask_init(f, &f->pseudonym, "pseudonym");
	memset(&f->hide, 0, sizeof(f->hide));
	memset(&f->own, 0, sizeof(f->own));
	f->hide.token = token;
	f->hide.ctx = f;
	f->hide.names = names;
	read_own(f);
	f->tokens_since = ward_clock_mono(p->clock);
	ward_batch_begin(&f->batch);
	ward_arena_init(&f->tokens, ward_mem_heap(), (size_t)TOKENS_KEPT * 2048);
	ward_intern_init(&f->who, ward_mem_heap(), TOKENS_KEPT, TOKENS_KEPT * 256);
	*ret = f;
	return WARD_OK;
}

static void count(struct ward_feeder *f, const char *name, uint64_t by)
{
	ward_count_name(&f->p->counters, name, by);
}

static void lose(struct ward_feeder *f, enum loss why, uint64_t n)
{
	f->n_lost[why] += n;
	count(f, losses[why].counter, n);
}

/* Tells, as an event of its own, how much was lost for that reason since it was told last. */
static void tell_loss(struct ward_feeder *f, enum loss why)
{
	uint64_t n = f->n_lost[why] - f->n_told[why];
	struct ward_arena a;
	struct ward_event e;
	struct ward_wr w = ward_wr_fixed(f->record, sizeof(f->record));
	ward_ns now = ward_clock_now(f->p->clock);

	if (!n)
		return;
	ward_arena_init(&a, ward_mem_heap(), 64 * 1024);
	ward_event_init(&e, &a);
	e.source = ward_name(f->names, ward_str_z(f->p->name));
	e.class = ward_name(f->names, WARD_STR("ward.loss"));
	e.time = e.seen = now;
	e.id = ward_event_id(ward_str_z(f->p->name), (uint64_t)now, n, why);
	if (ward_event_set(&e, WARD_FIELD_LOST, ward_value_int((int64_t)n)) == WARD_OK &&
		ward_event_set(&e, WARD_FIELD_REASON,
			ward_value_str(ward_str_z(losses[why].reason))) == WARD_OK) {
		ward_event_encode(&e, f->names, &w);
		if (!ward_wr_bad(&w) && ward_batch_add(&f->batch, WARD_LANE_EVIDENCE,
						WARD_RECORD_EVENT, ward_wr_slice(&w)))
			f->n_told[why] += n;
	}
	ward_arena_fini(&a);
}

/* Sends the batch until it is durable; FULL is the journal's verdict on all of it. */
static enum ward_err send_batch(struct ward_feeder *f)
{
	struct ward_msg m;
	enum ward_err err = ward_ask(
		&f->journal, WARD_MSG_APPEND, ward_batch_body(&f->batch), WARD_MSG_APPENDED, &m);
	uint8_t verdict;

	if (err)
		ward_process_die(f->p, "no answer from journal", err);
	verdict = ward_rd_u8(&m.body);
	if (ward_rd_bad(&m.body) || verdict >= WARD_ERR_N)
		ward_process_die(f->p, "a malformed answer", WARD_ERR_MALFORMED);
	return (enum ward_err)verdict;
}

/* Gives the batch to the journal. It is empty afterwards, unless evidence found no room and the
 * process is to stop. */
static void give(struct ward_feeder *f)
{
	enum ward_err err;

	if (!f->batch.n)
		return;
	while ((err = send_batch(f)) != WARD_OK) {
		if (err != WARD_ERR_FULL)
			ward_process_die(f->p, "the journal refuses", err);
		if (f->batch.n_evidence == 0) {
			lose(f, NO_ROOM, f->batch.n);
			break;
		}
		/* evidence waits, and with it everything behind it */
		count(f, "feeder.waited", 1);
		struct timespec pause = {0, full_pause};

		(void)nanosleep(&pause, NULL);
		if (ward_process_stopping())
			return;
	}
	ward_batch_begin(&f->batch);
}

void ward_feeder_flush(struct ward_feeder *f)
{
	ward_ns now = ward_clock_mono(f->p->clock);
	bool untold = false;

	give(f);
	for (size_t i = 0; i < LOSS_N; i++)
		untold |= f->n_lost[i] > f->n_told[i];
	/* in a batch of its own: it is evidence and waits for room, which telemetry must not */
	if (!untold || f->batch.n || (f->told_loss && now - f->told_loss < loss_every))
		return;
	f->told_loss = now;
	for (enum loss i = 0; i < LOSS_N; i++)
		tell_loss(f, i);
	give(f);
}

void ward_feeder_event(struct ward_feeder *f, struct ward_event *e)
{
	struct ward_wr w = ward_wr_fixed(f->record, sizeof(f->record));
	enum ward_lane lane =
		ward_class_weight(ward_name_text(f->names, e->class)) == WARD_WEIGHT_EVIDENCE
			? WARD_LANE_EVIDENCE
			: WARD_LANE_TELEMETRY;

	set_purpose(f, e->source);
	if (ward_pseudonym_event(e, &f->hide) != WARD_OK)
		ward_process_die(f->p, "out of memory", WARD_ERR_NOMEM);
	ward_event_encode(e, f->names, &w);
	if (ward_wr_bad(&w)) {
		lose(f, TOO_LARGE, 1);
		return;
	}
	/* one kind to a batch: so that telemetry can be shed without touching evidence */
	bool mixes = f->batch.n && (f->batch.n_evidence > 0) != (lane == WARD_LANE_EVIDENCE);

	if (!mixes && ward_batch_add(&f->batch, lane, WARD_RECORD_EVENT, ward_wr_slice(&w)))
		return;
	/* flushing may reuse f->record for a loss event: encode again afterwards */
	ward_feeder_flush(f);
	w = ward_wr_fixed(f->record, sizeof(f->record));
	ward_event_encode(e, f->names, &w);
	if (!ward_batch_add(&f->batch, lane, WARD_RECORD_EVENT, ward_wr_slice(&w)))
		lose(f, TOO_LARGE, 1);
}

uint64_t ward_feeder_shed(const struct ward_feeder *f)
{
	return f->n_lost[NO_ROOM];
}

uint64_t ward_feeder_too_large(const struct ward_feeder *f)
{
	return f->n_lost[TOO_LARGE];
}

bool ward_feeder_empty(const struct ward_feeder *f)
{
	return f->batch.n == 0;
}
