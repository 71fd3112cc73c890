/* Clocks of the law: who answers for one is reminded at half of its time, a deputy at three
 * quarters, management at nine tenths and once it is over; once each, as requests to a role are. Of
 * what was sent and is other since, by a word or by the record alone, who answers for it is told at
 * once, for each time it was sent.
 *
 * A function of rows and time: what rows say is folded as everywhere (law/said.c), and each row of
 * a delivery sees the reminders that were due at its time, so a new life knows who was told. In an
 * exercise nobody is reminded. */
#include "respond/remind.h"
#include "respond/request.h"

enum {
	STEPS = 4,
	UPDATE = STEPS, /* it was sent, and is other since */
	HIGH = 3
};

struct remind {
	ward_ns first; /* of the incident, or of the first word on it */
	struct ward_law_case c;
	struct moved m; /* whose incident it is */
};

/* ---- what people said ---- */

static struct remind *find(const struct ward_respond *r, struct ward_id incident)
{
	for (size_t i = 0; i < r->law.n; i++)
		if (ward_id_eq(r->law.of[i].m.incident, incident))
			return &r->law.of[i];
	return NULL;
}

/* NULL: there are too many. */
static struct remind *find_or_add(struct ward_respond *r, struct ward_id incident, ward_ns first)
{
	struct remind *m = find(r, incident);

	if (m)
		return m;
	if (ward_mem_more(r->o.mem, &r->law.of, r->law.n, &r->law.cap, sizeof(*r->law.of),
		    REMINDS_MAX) != WARD_OK) {
		respond_count(r, "respond.law_forgotten");
		return NULL;
	}
	m = &r->law.of[r->law.n++];
	*m = (struct remind){.first = first, .m = {.incident = incident}};
	ward_law_case_init(&m->c, r->o.mem);
	return m;
}

enum ward_err respond_law_said(
	struct ward_respond *r, const struct ward_conf *c, struct ward_str json)
{
	struct ward_id id;
	ward_ns time;

	if (!r->o.law || !ward_str_eqz(ward_conf_word(c, "taken"), "true") ||
		!ward_id_parse(ward_conf_word(c, "subject"), &id) ||
		ward_time_parse(ward_conf_word(c, "time"), &time) != WARD_OK)
		return WARD_OK;
	struct remind *m = find_or_add(r, id, time);

	if (!m)
		return WARD_OK;
	r->law.news = true;
	if (r->law.rows.len + json.len < LAW_MAX)
		ward_wr_lv(&r->law.rows, ward_str_bytes(json));
	else
		respond_count(r, "respond.law_forgotten");
	enum ward_err err = ward_law_take(&m->c, r->o.law, c);

	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

void respond_forget_law(struct ward_respond *r)
{
	for (size_t i = 0; i < r->law.n; i++)
		ward_law_case_fini(&r->law.of[i].c);
	ward_mem_free(r->o.mem, r->law.of, r->law.cap * sizeof(*r->law.of));
	ward_wr_fini(&r->law.rows);
}

/* ---- who is reminded ---- */

bool respond_somebody_has(const struct ward_respond *r, struct ward_str role)
{
	for (size_t k = 0; k < r->o.n_listener; k++)
		if (respond_has_role(&r->o.listener[k], role))
			return true;
	return false;
}

/* Who is reminded at this step: whose turn it is, else who comes after, else who came before; of
 * those that Ward reaches. Empty: nobody. */
struct ward_str respond_law_role(const struct ward_respond *r, size_t step)
{
	const struct ward_law *l = r->o.law;
	size_t turn = step < l->n_remind ? step : l->n_remind - 1;

	for (size_t i = turn; l->n_remind && i < l->n_remind; i++)
		if (respond_somebody_has(r, l->remind[i]))
			return l->remind[i];
	for (size_t i = turn; l->n_remind && i-- > 0;)
		if (respond_somebody_has(r, l->remind[i]))
			return l->remind[i];
	return WARD_STR("");
}

static size_t steps_of(const struct ward_law_clock *k)
{
	static const unsigned at[STEPS - 1] = {500, 750, 900};
	size_t n = 0;

	if ((k->state != WARD_LAW_RUNS && k->state != WARD_LAW_LATE) || k->due == WARD_NS_NEVER)
		return 0;
	while (n < STEPS - 1 && k->used >= at[n])
		n++;
	return k->state == WARD_LAW_LATE ? STEPS : n;
}

/* n: of an update, how often it was sent before. */
static struct ward_id id_of(
	const struct remind *m, const struct ward_law_clock *k, size_t step, uint64_t n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, step == UPDATE ? "ward law update" : "ward law reminder");
	ward_idgen_id(&g, m->m.incident);
	ward_idgen_str(&g, k->rule->id);
	ward_idgen_u64(&g, step == UPDATE ? n : (uint64_t)k->due);
	ward_idgen_u64(&g, step);
	return ward_idgen_final(&g);
}

static bool is_due(const struct ward_law_clock *k, size_t step)
{
	return step == UPDATE ? k->state == WARD_LAW_CHANGED : step < steps_of(k);
}

static uint64_t times_of(const struct ward_law_clock *k)
{
	return k->said ? k->said->times : 0;
}

static bool keep_name(struct ward_respond *r, struct request *q, const struct ward_conf *c)
{
	(void)c;
	return respond_request_says(r, q, q->who, "-", WARD_STR(""));
}

/* ---- clocks ---- */

/* What a request of the law became that is not due now. */
static void end(struct request *q, const struct ward_law_clock *k, size_t n, const struct remind *m)
{
	for (size_t i = 0; i < n; i++) {
		bool sent = k[i].state == WARD_LAW_SENT || k[i].state == WARD_LAW_CHANGED;
		uint64_t times = times_of(&k[i]);

		for (size_t s = 0; s <= UPDATE && sent; s++)
			if (ward_id_eq(id_of(m, &k[i], s, times ? times - 1 : 0), q->id))
				q->is = REQUEST_DONE;
	}
}

/* all: the clocks, of which it is k. */
static void begin(struct ward_respond *r, const struct remind *m, const struct ward_law_clock *all,
	const struct ward_law_clock *k, size_t step)
{
	char incident[WARD_ID_TEXT];
	const struct ward_law_clock *next = &all[k->next];
	struct request q = {.id = id_of(m, k, step, times_of(k)),
		.of = step == UPDATE ? REQUEST_OF_UPDATE : REQUEST_OF_LAW,
		.due = step != UPDATE ? k->due
		       : next == k    ? WARD_NS_NEVER
				      : next->due,
		.role = respond_law_role(r, step == UPDATE ? 0 : step),
		.who = k->rule->name,
		.playbook = k->rule->to};

	if (respond_request_find(r, q.id))
		return;
	if (!q.role.len) {
		respond_count(r, "respond.reminders_for_nobody");
		return;
	}
	ward_id_text(m->m.incident, incident);
	q.incident = ward_str_z(incident);
	if (respond_request_put(r, &q, keep_name, NULL) != WARD_OK)
		respond_count(r, "respond.request_limit");
}

/* As far as what is known here goes: the console tells more of what is likely. */
static struct ward_law_record record_of(const struct incident *in, const struct remind *m)
{
	struct ward_law_record rec = {.event = in ? in->first : m->first, .detected = m->first};

	for (size_t i = 0; in && i < in->n_care; i++)
		rec.seen[WARD_LAW_SEEN_CARE] |= in->care[i].alive && respond_tier(&in->care[i]) > 0;
	rec.seen[WARD_LAW_SEEN_ACCESS] =
		in && in->domain != WARD_KIND_PHYSICAL && in->level >= HIGH;
	return rec;
}

static void look(struct ward_respond *r, struct remind *m, ward_ns now)
{
	const struct incident *in = respond_find(r, m->m.incident);
	static struct ward_law_clock k[WARD_LAW_RULES];
	struct ward_law_case c;
	char id[WARD_ID_TEXT];
	bool bad = false;

	ward_law_case_init(&c, r->o.mem);
	for (size_t i = 0; i < r->law.n; i++) {
		const struct incident *of = respond_find(r, r->law.of[i].m.incident);

		if (&r->law.of[i] == m ||
			(of && of->phase == PHASE_MERGED && ward_id_eq(of->into, m->m.incident)))
			bad |= ward_law_join(&c, &r->law.of[i].c) != WARD_OK;
	}
	struct ward_law_record rec = record_of(in, m);
	bool none = bad || (in && (in->phase == PHASE_MERGED || in->phase == PHASE_DISMISSED));

	if (!none)
		respond_law_moved(r, &m->m, &c, &rec, now);
	size_t n = ward_law_clocks(r->o.law, &c, &rec, now, k);

	ward_id_text(m->m.incident, id);
	for (size_t i = 0; i < r->n_request; i++) {
		struct request *q = &r->request[i];
		bool due = false;

		if ((q->of != REQUEST_OF_LAW && q->of != REQUEST_OF_UPDATE) ||
			q->is != REQUEST_ASKED || !ward_str_eqz(q->incident, id))
			continue;
		for (size_t x = 0; x < n && !none; x++)
			for (size_t s = 0; s <= UPDATE; s++)
				due |= is_due(&k[x], s) &&
				       ward_id_eq(id_of(m, &k[x], s, times_of(&k[x])), q->id);
		if (due)
			continue;
		q->is = REQUEST_WITHDRAWN; /* unless it was sent */
		end(q, k, n, m);
	}
	for (size_t i = 0; i < n && !none; i++)
		for (size_t s = 0; s <= UPDATE; s++)
			if (is_due(&k[i], s))
				begin(r, m, k, &k[i], s);
	ward_law_case_fini(&c);
}

/* What was said of an incident that another took up counts there, also where nobody spoke of that.
 */
static void follow_merged(struct ward_respond *r)
{
	for (size_t i = 0; i < r->law.n; i++) {
		const struct incident *of = respond_find(r, r->law.of[i].m.incident);

		if (of && of->phase == PHASE_MERGED && respond_find(r, of->into))
			(void)find_or_add(r, of->into, r->law.of[i].first);
	}
}

void respond_remind(struct ward_respond *r, ward_ns now)
{
	respond_reveals_late(r, now);
	respond_ends(r, now);
	if (!r->o.law || r->o.exercise || (r->law.at == now && !r->law.news))
		return;
	r->law.at = now;
	r->law.news = false;
	follow_merged(r);
	for (size_t i = 0; i < r->law.n; i++)
		look(r, &r->law.of[i], now);
	if (r->law.n)
		respond_request_tidy(r);
}

/* ---- kept ---- */

enum ward_err respond_law_load(struct ward_respond *r, struct ward_slice rows)
{
	struct ward_rd rd = ward_rd_slice(rows);
	enum ward_err err = WARD_OK;

	while (!err && ward_rd_left(&rd) && !ward_rd_bad(&rd)) {
		struct ward_str json = ward_slice_text(ward_rd_lv(&rd, LAW_MAX));
		const struct ward_conf *c = NULL;

		if (ward_rd_bad(&rd))
			break;
		err = respond_request_row(r, json, &c);
		if (!err && c)
			err = respond_law_said(r, c, json);
	}
	return err ? err : ward_rd_bad(&rd) ? WARD_ERR_MALFORMED : WARD_OK;
}
