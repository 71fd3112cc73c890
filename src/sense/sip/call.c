/* What a call for help says, as an event. Whoever calls is in need until a pattern of the hospital
 * says otherwise (docs/lone-worker.md): words that nobody knows are no reason to do nothing. */
#include "sense/sip/priv.h"
#include "sense/sip/position.h"
#include "sip/body.h"

enum { TEXT_MAX = 1024, DEVICE_MAX = 128, KEY_MAX = 3 * WARD_SIP_CIVIC + 3 };

static const ward_ns refused_every = 60 * WARD_NS_PER_S, again_within = 60 * WARD_NS_PER_S;

static const struct {
	const char *counter, *what;
} rejects[] = {
#define X(NAME, counter, what) {counter, what},
	WARD_UAS_REJECT_LIST(X)
#undef X
};

const char *ward_uas_reject_counter(enum ward_uas_reject r)
{
	return rejects[r].counter;
}

static enum ward_err set(struct ward_event *e, uint32_t field, struct ward_str s)
{
	return s.len ? ward_event_set(e, field, ward_value_str(s)) : WARD_OK;
}

static enum ward_err begin(struct ward_uas *u, struct ward_event *e, enum ward_class class)
{
	ward_event_init(e, &u->arena);
	e->time = e->seen = u->now;
	e->source = ward_name(u->o.names, u->o.source);
	e->class = ward_name(u->o.names, ward_str_z(ward_class_info(class)->name));
	return set(e, WARD_FIELD_SENSOR, u->o.source);
}

enum ward_err uas_reject(struct ward_uas *u, enum ward_uas_reject r)
{
	bool told = u->refused_at && u->mono - u->refused_at < refused_every;
	struct ward_event e;
	enum ward_err err;

	ward_count_name(u->o.counters, rejects[r].counter, 1);
	if (r == WARD_UAS_REJECT_STRANGER || told)
		return WARD_OK;
	u->refused_at = u->mono;
	ward_arena_reset(&u->arena);
	err = begin(u, &e, WARD_CLASS_FIELD_REFUSED);
	e.id = ward_event_id(u->o.source, (uint64_t)u->now, u->n_told++, 1);
	if (!err)
		err = set(&e, WARD_FIELD_POINT, WARD_STR("sip"));
	if (!err)
		err = set(&e, WARD_FIELD_REASON, ward_str_z(rejects[r].what));
	if (!err)
		(void)u->o.record(u->o.ctx, &e); /* nobody waits for an answer: its owner counts */
	return err;
}

struct ward_str uas_user(struct ward_str uri)
{
	struct ward_str rest = uri, scheme = ward_str_cut(&rest, ':'), user;
	bool tel = ward_str_ieq(scheme, WARD_STR("tel"));

	if (!rest.p)
		return WARD_STR("");
	if (!tel && ward_str_find(rest, WARD_STR("@")) == SIZE_MAX)
		return WARD_STR("");
	user = ward_str_cut(&rest, tel ? ';' : '@');
	user = ward_str_cut(&user, ';');
	user = ward_str_cut(&user, ':'); /* a password: 19.1.1 */
	for (size_t i = 0; i < user.len; i++)
		if (user.p[i] <= ' ' || user.p[i] > '~')
			return WARD_STR("");
	return user.len <= UAS_NUMBER ? user : WARD_STR("");
}

/* In one line of UTF-8, at most max bytes, in the arena. p == NULL: no memory. */
static struct ward_str words(struct ward_arena *a, struct ward_str s, size_t max)
{
	bool utf8 = ward_utf8_valid(ward_str_bytes(s), NULL);
	size_t n = s.len < max ? s.len : max;
	char *to = ward_arena_array(a, n ? n : 1, 1);

	if (!to)
		return (struct ward_str){NULL, 0};
	while (utf8 && n < s.len && n && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n--; /* no part of a character */
	for (size_t i = 0; i < n; i++) {
		char c = s.p[i];
		bool control = (c >= 0 && c < ' ') || c == 0x7f;

		to[i] = (char)(control ? ' ' : c < 0 && !utf8 ? '?' : c);
	}
	return ward_str_trim((struct ward_str){to, n});
}

/* "<cid:target@host>" of Geolocation: RFC 6442 4.1. */
static bool is_meant(const struct ward_sip_message *m, const struct ward_sip_part *p)
{
	struct ward_str uri = ward_sip_uri(m->geolocation);

	return !ward_str_starts(uri, WARD_STR("cid:")) ||
	       ward_str_eq(ward_str_sub(uri, 4, uri.len), p->id);
}

struct heard {
	struct ward_str text;
	struct ward_sip_position at;
};

static enum ward_err take_position(
	struct ward_uas *u, const struct ward_sip_part *p, struct ward_sip_position *ret)
{
	const char *why;
	enum ward_err err =
		ward_sip_position_read(ward_str_bytes(p->body), u->o.mem, &u->arena, ret, &why);

	if (err == WARD_ERR_MALFORMED) {
		ward_count_name(u->o.counters, rejects[WARD_UAS_REJECT_POSITION].counter, 1);
		return WARD_OK;
	}
	return err;
}

/* Whatever is wrong with its body: it is a call. */
static enum ward_err take_body(
	struct ward_uas *u, const struct ward_sip_message *m, struct heard *h)
{
	struct ward_sip_body b = {.n = 0};
	enum ward_err err = WARD_OK;
	bool placed = false;

	if (ward_sip_body_read(m->content_type, m->body, &b) != WARD_OK)
		ward_count_name(u->o.counters, rejects[WARD_UAS_REJECT_BODY].counter, 1);
	for (size_t i = 0; !err && i < b.n; i++) {
		const struct ward_sip_part *p = &b.part[i];

		if (ward_sip_type_is(p->type, "application/pidf+xml")) {
			if (!placed && is_meant(m, p))
				err = take_position(u, p, &h->at);
			placed |= is_meant(m, p);
		} else if (!h->text.len && !ward_sip_type_is(p->type, "application/sdp")) {
			h->text = words(&u->arena, p->body, TEXT_MAX);
			err = h->text.p ? WARD_OK : WARD_ERR_NOMEM;
		}
	}
	if (m->geolocation.len && !placed) /* by reference: Ward asks nobody */
		ward_count_name(u->o.counters, "sip.position.elsewhere", 1);
	return err;
}

static struct ward_str written(struct ward_uas *u, const struct ward_wr *w)
{
	return ward_wr_bad(w) ? WARD_STR("") : ward_arena_str(&u->arena, ward_wr_text(w));
}

/* "call to 9001" where nothing else is said: which number is called may say what for. */
static struct ward_str text_of(
	struct ward_uas *u, const struct ward_sip_message *m, const struct heard *h)
{
	char text[UAS_NUMBER + 16];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (h->text.len)
		return h->text;
	if (m->subject.len)
		return words(&u->arena, m->subject, TEXT_MAX);
	ward_wr_z(&w, "call to ");
	ward_wr_str(&w, uas_user(m->uri));
	return written(u, &w);
}

static void put_degrees(struct ward_wr *w, int64_t micro)
{
	ward_wr_printf(w, "%s%lld.%06lld", micro < 0 ? "-" : "",
		(long long)(micro < 0 ? -micro : micro) / 1000000,
		(long long)(micro < 0 ? -micro : micro) % 1000000);
}

static enum ward_err set_position(struct ward_uas *u, struct ward_event *e, const struct heard *h)
{
	const struct ward_sip_position *p = &h->at;
	enum ward_err err = set(e, u->f_room, p->room);

	if (!err)
		err = set(e, u->f_floor, p->floor);
	if (!err)
		err = set(e, u->f_building, p->building);
	return err ? err : set(e, u->f_spot, p->spot);
}

static struct ward_str named(const struct ward_uas *u, const struct ward_str *part, size_t n)
{
	char key[KEY_MAX];
	struct ward_wr w = ward_wr_fixed(key, sizeof(key));

	for (size_t i = 0; i < n; i++) {
		if (!part[i].len)
			return WARD_STR("");
		ward_wr_z(&w, i ? "/" : "");
		ward_wr_str(&w, part[i]);
	}
	return ward_wr_bad(&w) ? WARD_STR("")
			       : ward_sip_places_named(u->o.places, ward_wr_text(&w));
}

/* From what says most of where somebody is to what says least: a beacon, a base station, a room in
 * words, a place on earth, and where the telephone usually is. */
static struct ward_str place_of(
	const struct ward_uas *u, const struct ward_event *e, const struct heard *h)
{
	const struct ward_str address[] = {ward_event_str(e, u->f_building),
		ward_event_str(e, u->f_floor), ward_event_str(e, u->f_room)};
	const struct ward_str one[] = {ward_event_str(e, u->f_beacon),
		ward_event_str(e, u->f_station), ward_event_str(e, u->f_spot)};
	struct ward_str id = WARD_STR("");

	for (size_t i = 0; i < WARD_ARRAY_LEN(one) && !id.len; i++)
		id = named(u, &one[i], 1);
	for (size_t i = 0; i < WARD_ARRAY_LEN(address) && !id.len; i++)
		id = named(u, address + i, WARD_ARRAY_LEN(address) - i);
	if (!id.len && h->at.geo)
		id = ward_sip_places_at(u->o.places, h->at.lat, h->at.lon);
	return id;
}

/* A place on earth is only kept where no room is known for it. */
static enum ward_err set_place(
	struct ward_uas *u, struct ward_event *e, const struct heard *h, struct ward_str number)
{
	char text[48];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_str id = place_of(u, e, h);
	enum ward_err err = WARD_OK;

	if (!id.len && h->at.geo) {
		put_degrees(&w, h->at.lat);
		ward_wr_ch(&w, ',');
		put_degrees(&w, h->at.lon);
		err = set(e, u->f_position, written(u, &w));
	}
	if (!id.len && !h->at.geo && !ward_event_str(e, u->f_room).len)
		id = ward_sip_places_named(u->o.places, number);
	return err ? err : set(e, u->f_place, id);
}

/* One that is sent again, also to another life of Ward's process, is the same; one that a device
 * sends by the same numbers later is another. */
static struct ward_id id_of(const struct ward_uas *u, const struct ward_sip_message *m)
{
	struct ward_seed seed = {0x776172642d736970, m->cseq};
	const struct ward_str part[] = {m->call_id, ward_sip_parameter(m->from, "tag"), m->body};

	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++)
		seed.k0 = ward_siphash(seed, part[i].p, part[i].len);
	return ward_event_id(u->o.source, (uint64_t)(u->now / again_within), seed.k0, 0);
}

static enum ward_err set_call(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, const struct heard *h, struct ward_event *e)
{
	char peer[64];
	struct ward_wr w = ward_wr_fixed(peer, sizeof(peer));
	struct ward_str text = text_of(u, m, h);

	uas_put_address(from, &w);
	const struct {
		uint32_t field;
		struct ward_str s;
	} due[] = {{WARD_FIELD_APP, WARD_STR("sip")}, {WARD_FIELD_MESSAGE, text},
		{WARD_FIELD_STATE, WARD_STR("alarm")}, {u->f_kind, WARD_STR("help")},
		{WARD_FIELD_USER, ward_arena_str(&u->arena, uas_user(ward_sip_uri(m->from)))},
		{u->f_number, ward_arena_str(&u->arena, uas_user(m->uri))},
		{u->f_method, ward_arena_str(&u->arena, m->method)},
		{u->f_device, words(&u->arena, m->user_agent, DEVICE_MAX)},
		{u->f_peer, written(u, &w)}};
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(due); i++)
		err = due[i].s.p ? set(e, due[i].field, due[i].s) : WARD_ERR_NOMEM;
	return err ? err : set_position(u, e, h);
}

enum ward_err uas_call(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, enum ward_uas_taken *ret)
{
	struct heard h = {.text = {NULL, 0}};
	struct ward_event e;
	enum ward_err err;

	ward_arena_reset(&u->arena);
	err = take_body(u, m, &h);
	if (!err)
		err = begin(u, &e, WARD_CLASS_CALL_DURESS);
	e.id = id_of(u, m);
	if (!err)
		err = set_call(u, from, m, &h, &e);
	if (!err && u->o.understand)
		err = u->o.understand(u->o.ctx, &e);
	if (!err)
		err = set_place(u, &e, &h, uas_user(ward_sip_uri(m->from)));
	if (err)
		return err;
	*ret = u->o.record(u->o.ctx, &e);
	return WARD_OK;
}
