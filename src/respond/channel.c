/* Whether recipients are reached at all: weekly tests, heartbeats, and who is told when one is not.
 */
#include "respond/ladder.h"
#include "respond/message.h"
#include "story/zone.h"

enum { DAY_MINUTES = 24 * 60, WEEK_MINUTES = 7 * DAY_MINUTES };

/* An attempt that fails may be a restart there; so long it is none. */
static const ward_ns ill_after = 600 * WARD_NS_PER_S;
/* A test that could not be made at its hour is made up for within a day. */
static const ward_ns test_late = (ward_ns)DAY_MINUTES * RESPOND_MINUTE;

static bool is_ill(const struct box *b, ward_ns now)
{
	return b->failing && (b->n_lost || now - b->failing >= ill_after || now < b->failing);
}

uint32_t respond_ill(const struct ward_respond *r, size_t listener, ward_ns now)
{
	const struct ward_listener *l = &r->o.listener[listener];
	uint32_t mask = 0;

	if (l->bookmarks || l->topics || l->sends || l->after)
		return 0;
	for (size_t k = 0; k < r->o.n_listener; k++)
		mask |= k != listener && is_ill(&r->box[k], now) ? 1u << k : 0;
	return mask;
}

/* Those that are ill, and those that are no more. */
static uint32_t of_whom(const struct ward_respond *r, size_t listener, uint32_t ill)
{
	return ill | r->box[listener].told_ill;
}

void respond_put_ill(const struct ward_respond *r, size_t listener, uint32_t ill, ward_ns now,
	struct ward_wr *to)
{
	struct ward_lang *lang = r->o.listener[listener].lang;

	for (size_t k = 0; k < r->o.n_listener; k++) {
		struct brief time;

		if (!(of_whom(r, listener, ill) >> k & 1))
			continue;
		if (ill >> k & 1)
			WARD_SAY(to, lang,
				WARD_TEXT(
					"Recipient '{name}' is not reached since {time}: see that "
					"they are told another way"),
				{"name", r->o.listener[k].id},
				{"time", respond_time(&time, r->box[k].failing, now)});
		else
			WARD_SAY(to, lang, WARD_TEXT("Recipient '{name}' is reached again"),
				{"name", r->o.listener[k].id});
		ward_wr_ch(to, '\n');
	}
}

void respond_json_ill(
	const struct ward_respond *r, size_t listener, uint32_t ill, struct ward_json *j)
{
	if (!of_whom(r, listener, ill))
		return;
	ward_json_key(j, "recipients");
	ward_json_arr(j);
	for (size_t k = 0; k < r->o.n_listener; k++) {
		bool is = ill >> k & 1;

		if (!(of_whom(r, listener, ill) >> k & 1))
			continue;
		ward_json_obj(j);
		ward_json_key(j, "recipient");
		ward_json_str(j, r->o.listener[k].id);
		ward_json_key(j, "reached");
		ward_json_bool(j, !is);
		if (is) {
			ward_json_key(j, "since");
			ward_json_time(j, r->box[k].failing);
		}
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

uint32_t respond_read_ill(const struct ward_respond *r, const struct ward_conf *c)
{
	const struct ward_conf *list = ward_conf_get(c, "not_reached");
	uint32_t mask = 0;

	for (const struct ward_conf *i = list ? list->child : NULL; i; i = i->next)
		for (size_t k = 0; k < r->o.n_listener; k++)
			mask |= ward_str_eq(r->o.listener[k].id, i->text) ? 1u << k : 0;
	return mask;
}

/* ---- quiet messages ---- */

bool respond_test_due(const struct ward_respond *r, size_t listener, ward_ns now)
{
	uint32_t at = r->o.listener[listener].test, minute;
	const struct box *b = &r->box[listener];
	struct ward_local l;

	if (!at)
		return false;
	ward_zone_local(now, &l);
	minute = (uint32_t)((l.weekday + 6) % 7 * DAY_MINUTES + l.hour * 60 + l.minute);
	ward_ns late =
		(ward_ns)((minute + WEEK_MINUTES - (at - 1)) % WEEK_MINUTES) * RESPOND_MINUTE;

	/* the same hour a week ago is no test of today */
	return late < test_late && (!b->tested || now - b->tested > late + RESPOND_MINUTE);
}

bool respond_write_quiet(struct ward_respond *r, size_t listener, const char *schema,
	const char *text, const struct ward_delivery *d)
{
	struct ward_lang *lang = r->o.listener[listener].lang;
	struct ward_json j = ward_json_on(&r->body);

	ward_wr_reset(&r->body);
	ward_json_obj(&j);
	ward_json_key(&j, "schema");
	ward_json_z(&j, schema);
	respond_put_head(&j, r, listener, d->id, d->time);
	if (text) {
		ward_json_key(&j, "test");
		ward_json_bool(&j, true);
		ward_json_key(&j, "subject");
		ward_json_str(&j, ward_lang_text(lang, ward_str_z(text)));
		ward_json_key(&j, "text");
		ward_json_str(&j, ward_lang_text(lang, ward_str_z(text)));
		respond_json_quiet(r, ward_lang_text(lang, ward_str_z(text)), &j);
	}
	ward_json_obj_end(&j);
	if (r->o.listener[listener].topics && r->o.listener[listener].topics != WARD_TOPICS_TICKETS)
		respond_wrap_quiet(r, listener, text ? "test" : "heartbeat", d);
	return !ward_wr_bad(&r->body);
}

bool ward_respond_beat(struct ward_respond *r, size_t listener, ward_ns now, struct ward_id *ret_id,
	struct ward_str *ret_body)
{
	ward_ns each = r->o.listener[listener].heartbeat;
	struct box *b = &r->box[listener];
	struct ward_delivery d = {.time = now};
	struct ward_idgen g;

	if (!each || now / each == b->beat)
		return false;
	ward_idgen_init(&g, "ward heartbeat");
	ward_idgen_str(&g, r->o.hospital);
	ward_idgen_str(&g, r->o.listener[listener].id);
	ward_idgen_u64(&g, (uint64_t)(now / each));
	d.id = ward_idgen_final(&g);
	if (r->o.listener[listener].topics == WARD_TOPICS_TICKETS) {
		if (!respond_write_look(r, listener, b->look, &d))
			return false;
	} else if (!respond_write_quiet(r, listener, "ward.heartbeat/1", NULL, &d)) {
		respond_count(r, "respond.unwritten");
		return false;
	}
	b->beat = now / each;
	b->beat_day = b->n_beat ? b->beat_day : now / test_late;
	b->n_beat++;
	b->beat_id = d.id;
	*ret_id = d.id;
	*ret_body = ward_wr_text(&r->body);
	return true;
}

bool ward_respond_beat_said(
	struct ward_respond *r, size_t listener, struct ward_id id, const struct ward_outcome *o)
{
	struct box *b = &r->box[listener];

	if (!b->n_beat || !ward_id_eq(b->beat_id, id))
		return false;
	b->n_beat_lost += o->what != WARD_SENT_DELIVERED;
	b->look_failed = o->what == WARD_SENT_FAILED ? b->look_failed + 1 : LOOK_ATTEMPTS;
	if (b->look_failed >= LOOK_ATTEMPTS) {
		b->look++;
		b->look_failed = 0;
	}
	return true;
}

static struct ward_id count_id(const struct ward_respond *r, size_t listener, int64_t day)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward heartbeats");
	ward_idgen_str(&g, r->o.hospital);
	ward_idgen_str(&g, r->o.listener[listener].id);
	ward_idgen_u64(&g, (uint64_t)day);
	return ward_idgen_final(&g);
}

bool respond_count_beats(
	struct ward_respond *r, size_t listener, ward_ns now, struct ward_delivery *ret)
{
	const struct box *b = &r->box[listener];
	struct ward_json j = ward_json_on(&r->row);

	if (!b->n_beat || now / test_late == b->beat_day)
		return false;
	ward_wr_reset(&r->row);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "heartbeats");
	ward_json_key(&j, "recipient");
	ward_json_str(&j, r->o.listener[listener].id);
	ward_json_key(&j, "day");
	ward_json_time(&j, b->beat_day * test_late);
	ward_json_key(&j, "sent");
	ward_json_u64(&j, b->n_beat);
	ward_json_key(&j, "failed");
	ward_json_u64(&j, b->n_beat_lost);
	ward_json_obj_end(&j);
	*ret = (struct ward_delivery){
		count_id(r, listener, b->beat_day), 1, now, ward_wr_text(&r->row), false, false};
	return !ward_wr_bad(&r->row);
}

void respond_counted(struct ward_respond *r, const struct ward_conf *c)
{
	const struct ward_conf *to = ward_conf_get(c, "recipient");

	for (size_t k = 0; to && k < r->o.n_listener; k++)
		if (ward_str_eq(r->o.listener[k].id, to->text))
			r->box[k].n_beat = r->box[k].n_beat_lost = 0;
}
