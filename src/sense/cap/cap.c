/* CAP 1.2, section 3.2 (the elements), 3.4 (their schema) */
#include "sense/cap/priv.h"

#include "base/degrees.h"

#include <math.h>
#include <stdio.h>

enum { POINTS_MAX = 4096, TEXT_MAX = 4096, QUARTER = 90000000, HALF = 180000000 };

static const char name_space[] = "urn:oasis:names:tc:emergency:cap:1.2";

static const struct ward_cap_rule alert_rules[] = {
	{"identifier", 1, 1, NULL},
	{"sender", 1, 1, NULL},
	{"sent", 1, 1, NULL},
	{"status", 1, 1, "Actual Exercise System Test Draft"},
	{"msgType", 1, 1, "Alert Update Cancel Ack Error"},
	{"source", 0, 1, NULL},
	{"scope", 1, 1, "Public Restricted Private"},
	{"restriction", 0, 1, NULL},
	{"addresses", 0, 1, NULL},
	{"code", 0, 0, NULL},
	{"note", 0, 1, NULL},
	{"references", 0, 1, NULL},
	{"incidents", 0, 1, NULL},
	{"info", 0, 0, NULL},
};

static const struct ward_cap_rule info_rules[] = {
	{"language", 0, 1, NULL},
	{"category", 1, 0,
		"Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other"},
	{"event", 1, 1, NULL},
	{"responseType", 0, 0,
		"Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None"},
	{"urgency", 1, 1, "Immediate Expected Future Past Unknown"},
	{"severity", 1, 1, "Extreme Severe Moderate Minor Unknown"},
	{"certainty", 1, 1, "Observed Likely Possible Unlikely Unknown"},
	{"audience", 0, 1, NULL},
	{"eventCode", 0, 0, NULL},
	{"effective", 0, 1, NULL},
	{"onset", 0, 1, NULL},
	{"expires", 0, 1, NULL},
	{"senderName", 0, 1, NULL},
	{"headline", 0, 1, NULL},
	{"description", 0, 1, NULL},
	{"instruction", 0, 1, NULL},
	{"web", 0, 1, NULL},
	{"contact", 0, 1, NULL},
	{"parameter", 0, 0, NULL},
	{"resource", 0, 0, NULL},
	{"area", 0, 0, NULL},
};

static const struct ward_cap_rule area_rules[] = {
	{"areaDesc", 1, 1, NULL},
	{"polygon", 0, 0, NULL},
	{"circle", 0, 0, NULL},
	{"geocode", 0, 0, NULL},
	{"altitude", 0, 1, NULL},
	{"ceiling", 0, 1, NULL},
};

bool ward_cap_wrong(struct ward_cap_turn *t, uint32_t e, const char *why)
{
	t->why = why;
	t->line = e == WARD_NONE ? 0 : t->x->elem[e].line;
	return false;
}

static struct ward_str text(const struct ward_cap_turn *t, uint32_t e, const char *name)
{
	return ward_xmldoc_text(t->x, e, name);
}

#define FOLLOWS(t, e, rules) ward_cap_follows((t), (e), name_space, (rules), WARD_ARRAY_LEN(rules))

static bool in_words(struct ward_str s, const char *words)
{
	for (struct ward_str rest = ward_str_z(words); rest.p;)
		if (ward_str_eq(ward_str_cut(&rest, ' '), s))
			return true;
	return false;
}

/* ---- places ---- */

/* "LATITUDE,LONGITUDE"; more than six decimals are cut. */
static bool read_point(struct ward_str s, struct ward_cap_point *ret)
{
	struct ward_str part[2];
	int64_t *const to[2] = {&ret->lat, &ret->lon};

	*ret = (struct ward_cap_point){0};
	part[1] = s;
	part[0] = ward_str_cut(&part[1], ',');
	for (size_t i = 0; i < 2; i++) {
		size_t dot = ward_str_find(part[i], WARD_STR("."));

		if (!part[i].p ||
			!ward_degrees_parse(
				dot == SIZE_MAX ? part[i] : ward_str_sub(part[i], 0, dot + 7),
				i ? HALF : QUARTER, to[i]))
			return false;
	}
	return ret->lat >= -QUARTER && ret->lon >= -HALF;
}

/* Points parted by blanks, the last the first again. *ret: at is within, by the parity of edges
 * that a line to the east crosses. */
static bool polygon(struct ward_str s, struct ward_cap_point at, bool *ret)
{
	struct ward_cap_point first = {0, 0}, last = {0, 0}, p;
	struct ward_str rest = s;
	size_t n = 0;

	*ret = false;
	while (rest.p) {
		struct ward_str word = ward_str_cut(&rest, ' ');

		if (!word.len)
			continue;
		if (n == POINTS_MAX || !read_point(word, &p))
			return false;
		/* products stay below 2^63: both factors are below 2^29 */
		if (n++ && (p.lat > at.lat) != (last.lat > at.lat)) {
			int64_t left = (at.lon - last.lon) * (p.lat - last.lat),
				right = (p.lon - last.lon) * (at.lat - last.lat);

			*ret ^= p.lat > last.lat ? left < right : left > right;
		}
		first = n == 1 ? p : first;
		last = p;
	}
	return n >= 4 && first.lat == last.lat && first.lon == last.lon;
}

/* "LATITUDE,LONGITUDE KILOMETRES" */
static bool circle(struct ward_str s, struct ward_cap_point at, bool *ret)
{
	struct ward_str km = s, centre = ward_str_cut(&km, ' ');
	const double degree_km = 111.195, rad = 0.017453292519943295;
	struct ward_cap_point c;
	int64_t whole = 0, part = 0;

	km = ward_str_trim(km);
	struct ward_str fraction = km, units = ward_str_cut(&fraction, '.');

	if (!km.p || !read_point(centre, &c) || units.len > 6 || !ward_str_i64(units, &whole) ||
		whole < 0)
		return false;
	fraction = ward_str_sub(fraction, 0, 3);
	if (fraction.len && (!ward_str_i64(fraction, &part) || part < 0))
		return false;
	double radius = (double)whole;

	for (size_t i = 0; i < fraction.len; i++)
		radius += (double)(fraction.p[i] - '0') / (i == 0 ? 10 : i == 1 ? 100 : 1000);
	int64_t across = c.lon - at.lon;

	across = across > HALF ? across - 2 * HALF : across < -HALF ? across + 2 * HALF : across;
	double y = (double)(c.lat - at.lat) / 1e6 * degree_km,
	       x = (double)across / 1e6 * degree_km * cos((double)at.lat / 1e6 * rad);

	*ret = x * x + y * y <= radius * radius;
	return true;
}

bool ward_cap_code(const struct ward_cap_turn *t, struct ward_str name, struct ward_str value)
{
	struct ward_str rest = t->o->geocodes;

	while (rest.p) {
		struct ward_str ours = ward_str_cut(&rest, ' '), v = ours,
				n = ward_str_cut(&v, ':');

		if (v.p && ward_str_eq(n, name) && ward_str_eq(v, value))
			return true;
	}
	return false;
}

bool ward_cap_shapes(struct ward_cap_turn *t, uint32_t e, bool *ret)
{
	const struct ward_xmldoc *x = t->x;
	struct ward_cap_point at = {0, 0};
	bool has_at = t->o->at.len && read_point(t->o->at, &at), in;

	for (uint32_t p = ward_xmldoc_child(x, e, "polygon"); p != WARD_NONE;
		p = ward_xmldoc_next(x, p, "polygon")) {
		if (!polygon(text(t, p, NULL), at, &in))
			return ward_cap_wrong(
				t, p, "a polygon is not four or more places, the last the first");
		*ret = *ret || (has_at && in);
	}
	for (uint32_t p = ward_xmldoc_child(x, e, "circle"); p != WARD_NONE;
		p = ward_xmldoc_next(x, p, "circle")) {
		if (!circle(text(t, p, NULL), at, &in))
			return ward_cap_wrong(t, p, "a circle is not a place and kilometres");
		*ret = *ret || (has_at && in);
	}
	return true;
}

/* Does the area have the hospital in it? False: it is malformed. */
static bool area(struct ward_cap_turn *t, uint32_t e, bool *ret)
{
	if (!ward_cap_shapes(t, e, ret))
		return false;
	for (uint32_t p = ward_xmldoc_child(t->x, e, "geocode"); p != WARD_NONE;
		p = ward_xmldoc_next(t->x, p, "geocode"))
		*ret = *ret || ward_cap_code(t, text(t, p, "valueName"), text(t, p, "value"));
	return true;
}

/* ---- rules ---- */

static bool follows_one(struct ward_cap_turn *t, uint32_t parent, const struct ward_cap_rule *r)
{
	unsigned n = 0;

	for (uint32_t e = ward_xmldoc_child(t->x, parent, r->name); e != WARD_NONE;
		e = ward_xmldoc_next(t->x, e, r->name), n++) {
		if (r->max && n == r->max)
			return ward_cap_wrong(t, e, "an element comes more often than it may");
		if (r->words && !in_words(text(t, e, NULL), r->words))
			return ward_cap_wrong(
				t, e, "an element has a value that the standard does not know");
		if (r->min && !t->x->elem[e].text.len)
			return ward_cap_wrong(t, e, "an element is empty");
	}
	return n >= r->min || ward_cap_wrong(t, parent, "an element is missing that must be there");
}

bool ward_cap_follows(struct ward_cap_turn *t, uint32_t parent, const char *ns,
	const struct ward_cap_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!follows_one(t, parent, &rules[i]))
			return false;
	/* signatures and others' extensions have name spaces of their own */
	for (uint32_t e = t->x->elem[parent].child; e != WARD_NONE; e = t->x->elem[e].next) {
		size_t i = 0;

		if (!ward_str_eqz(t->x->elem[e].ns, ns))
			continue;
		while (i < n && !ward_str_eqz(t->x->elem[e].name, rules[i].name))
			i++;
		if (i == n)
			return ward_cap_wrong(
				t, e, "there is an element that the standard does not have");
	}
	return true;
}

/* "Z" is none of CAP's, but common. */
bool ward_cap_time(struct ward_cap_turn *t, uint32_t parent, const char *name, ward_ns *ret)
{
	struct ward_str s = text(t, parent, name);

	if (!s.len)
		return true;
	if (s.len < 20 || s.p[10] != 'T' ||
		(s.p[s.len - 1] != 'Z' && (s.len < 25 || s.p[s.len - 3] != ':')) ||
		ward_time_parse(s, ret) != WARD_OK)
		return ward_cap_wrong(t, ward_xmldoc_child(t->x, parent, name),
			"a time is not as 2026-03-01T12:00:00+01:00");
	return true;
}

/* ---- events ---- */

static enum ward_err set(
	struct ward_cap_turn *t, struct ward_event *e, const char *name, struct ward_str v)
{
	return v.len ? ward_event_set(e, ward_name(t->o->names, ward_str_z(name)),
			       ward_value_str(ward_str_sub(v, 0, TEXT_MAX)))
		     : WARD_OK;
}

/* How grave it is for us: what is no real warning, or is over, is only told. */
static const char *level(const struct ward_cap_turn *t, uint32_t alert, uint32_t info)
{
	struct ward_str severity = text(t, info, "severity");

	if (!ward_str_eqz(text(t, alert, "status"), "Actual") || (t->in && !t->in->real) ||
		ward_str_eqz(text(t, info, "urgency"), "Past") ||
		ward_str_eqz(text(t, info, "certainty"), "Unlikely"))
		return "informational";
	return ward_str_eqz(severity, "Extreme")    ? "critical"
	       : ward_str_eqz(severity, "Severe")   ? "high"
	       : ward_str_eqz(severity, "Moderate") ? "medium"
						    : "low";
}

/* What a distribution takes back is taken back, whatever the alert says of itself. */
static struct ward_str type_of(const struct ward_cap_turn *t, uint32_t alert)
{
	return t->in && t->in->withdrawn ? WARD_STR("Cancel") : text(t, alert, "msgType");
}

/* An update is about the first message of its line: "sender,identifier,sent …". */
static struct ward_str root_of(const struct ward_cap_turn *t, uint32_t alert)
{
	struct ward_str refs = text(t, alert, "references"), first = ward_str_cut(&refs, ' ');
	struct ward_str rest = first;

	(void)ward_str_cut(&rest, ',');
	struct ward_str id = rest.p ? ward_str_cut(&rest, ',') : (struct ward_str){NULL, 0};

	return id.len ? id : text(t, alert, "identifier");
}

static enum ward_err fill(
	struct ward_cap_turn *t, struct ward_event *e, uint32_t alert, uint32_t info)
{
	static const char *const of_alert[] = {"identifier", "sender", "sent", "status", "scope"};
	static const char *const of_info[] = {"category", "event", "responseType", "urgency",
		"severity", "certainty", "onset", "expires", "senderName", "headline",
		"instruction", "web"};
	char name[32];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < WARD_ARRAY_LEN(of_alert) && !err; i++) {
		(void)snprintf(name, sizeof(name), "cap.%s", of_alert[i]);
		err = set(t, e, name, text(t, alert, of_alert[i]));
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(of_info) && !err; i++) {
		(void)snprintf(name, sizeof(name), "cap.%s", of_info[i]);
		err = set(t, e, name, text(t, info, of_info[i]));
	}
	if (!err)
		err = set(t, e, "cap.msgType", type_of(t, alert));
	if (!err && t->in)
		err = set(t, e, "cap.distribution", t->in->id);
	if (!err && t->in)
		err = set(t, e, "cap.distributor", t->in->sender);
	if (!err)
		err = set(t, e, "cap.description", text(t, info, "description"));
	if (!err)
		err = set(t, e, "cap.area",
			text(t, ward_xmldoc_child(t->x, info, "area"), "areaDesc"));
	if (!err)
		err = set(t, e, "cap.root", root_of(t, alert));
	if (!err)
		err = set(t, e, "cap.level", ward_str_z(level(t, alert, info)));
	return err ? err : set(t, e, "cap.subject", t->o->subject);
}

static enum ward_err tell(struct ward_cap_turn *t, uint32_t alert, uint32_t info)
{
	struct ward_idgen g;
	struct ward_event e;

	ward_idgen_init(&g, "cap");
	ward_idgen_str(&g, t->o->source);
	ward_idgen_str(&g, text(t, alert, "sender"));
	ward_idgen_str(&g, text(t, alert, "identifier"));
	ward_idgen_str(&g, text(t, alert, "sent"));
	ward_idgen_u64(&g, t->n_told++);
	/* what says otherwise than the alert alone is no repetition of it */
	if (t->in && (!t->in->real || t->in->withdrawn)) {
		ward_idgen_str(&g, t->in->sender);
		ward_idgen_str(&g, t->in->id);
	}
	ward_event_init(&e, t->arena);
	e.id = ward_idgen_final(&g);
	e.time = t->sent;
	e.seen = t->now;
	e.source = ward_name(t->o->names, t->o->source);
	e.class = ward_name(t->o->names, WARD_STR("log.cap"));
	enum ward_err err = fill(t, &e, alert, info);

	ward_count_name(t->o->counters, "cap.told", 1);
	return err ? err : t->o->put(t->o->ctx, &e);
}

/* Checks an info; *ret: it is about us. */
static bool check_info(struct ward_cap_turn *t, uint32_t info, bool *ret)
{
	ward_ns time;

	*ret = !t->o->at.len && !t->o->geocodes.len;
	if (!FOLLOWS(t, info, info_rules) || !ward_cap_time(t, info, "effective", &time) ||
		!ward_cap_time(t, info, "onset", &time) ||
		!ward_cap_time(t, info, "expires", &time))
		return false;
	for (uint32_t a = ward_xmldoc_child(t->x, info, "area"); a != WARD_NONE;
		a = ward_xmldoc_next(t->x, a, "area"))
		if (!FOLLOWS(t, a, area_rules) || !area(t, a, ret))
			return false;
	/* one without an area is about whom it is sent to */
	*ret = *ret || (ward_xmldoc_child(t->x, info, "area") == WARD_NONE && !t->elsewhere);
	return true;
}

static bool is_alert(const struct ward_xmldoc *x, uint32_t e)
{
	return ward_str_eqz(x->elem[e].name, "alert") && ward_str_eqz(x->elem[e].ns, name_space);
}

static bool check(struct ward_cap_turn *t, uint32_t alert)
{
	bool ours;

	if (!is_alert(t->x, alert))
		return ward_cap_wrong(t, alert, "it is no alert of CAP 1.2");
	if (!FOLLOWS(t, alert, alert_rules) || !ward_cap_time(t, alert, "sent", &t->sent))
		return false;
	for (uint32_t i = ward_xmldoc_child(t->x, alert, "info"); i != WARD_NONE;
		i = ward_xmldoc_next(t->x, i, "info"))
		if (!check_info(t, i, &ours))
			return false;
	return true;
}

enum ward_err ward_cap_check(const struct ward_cap_opts *o)
{
	struct ward_cap_point at;

	return o->at.len && !read_point(o->at, &at) ? WARD_ERR_CONFIG : WARD_OK;
}

/* One that was checked. */
static enum ward_err tell_all(struct ward_cap_turn *t, uint32_t alert)
{
	uint32_t first = ward_xmldoc_child(t->x, alert, "info");
	struct ward_str language = text(t, first, "language");
	enum ward_err err = WARD_OK;

	t->n_told = 0;
	if (!ward_cap_time(t, alert, "sent", &t->sent))
		return WARD_ERR_MALFORMED;
	for (uint32_t i = first; i != WARD_NONE && !err; i = ward_xmldoc_next(t->x, i, "info")) {
		bool ours;

		if (!ward_str_eq(text(t, i, "language"), language))
			continue;
		if (check_info(t, i, &ours) && ours)
			err = tell(t, alert, i);
		else
			ward_count_name(t->o->counters, "cap.elsewhere", 1);
	}
	/* a word about another message: that it is off, or got */
	if (first == WARD_NONE && ward_str_eqz(type_of(t, alert), "Cancel"))
		err = tell(t, alert, WARD_NONE);
	return err;
}

/* ---- distributions ---- */

static void left(const struct ward_cap_turn *t, uint32_t e, const char *what)
{
	ward_count_name(t->o->counters, "cap.left", 1);
	if (t->o->left)
		t->o->left(t->o->ctx, t->x->elem[e].line, what);
}

static void left_content(const struct ward_cap_turn *t, uint32_t e)
{
	struct ward_str name = t->x->elem[e].name;

	left(t, e,
		ward_str_eqz(name, "alert") ? "an alert of another version than CAP 1.2 is not read"
		: ward_str_eqz(name, "HospitalStatus")
			? "what a hospital can take is not read here: ward care have shows it"
			: "a content that is neither CAP 1.2 nor EDXL-HAVE 1.0 is not read");
}

static enum ward_err tell_contents(struct ward_cap_turn *t, const struct ward_de *de)
{
	enum ward_err err = WARD_OK;
	size_t n = 0;

	for (size_t i = 0; i < de->n && !err; i++) {
		if (is_alert(t->x, de->content[i])) {
			n++;
			err = tell_all(t, de->content[i]);
		} else {
			left_content(t, de->content[i]);
		}
	}
	if (de->n_other)
		left(t, de->other, "contents that are no XML are not read");
	if (de->withdrawn && !n)
		left(t, 0, "it takes back what it does not carry: nothing is taken back by it");
	return err;
}

static bool check_all(struct ward_cap_turn *t, struct ward_de *de)
{
	if (!ward_de_is(t->x))
		return check(t, 0);
	t->in = de;
	if (!ward_de_check(t, de))
		return false;
	for (size_t i = 0; i < de->n; i++)
		if (is_alert(t->x, de->content[i]) && !check(t, de->content[i]))
			return false;
	return true;
}

enum ward_err ward_cap_read(const struct ward_cap_opts *o, const struct ward_xmldoc *x, ward_ns now,
	struct ward_arena *arena, const char **ret_why, uint32_t *ret_line)
{
	struct ward_cap_turn t = {.o = o, .x = x, .arena = arena, .now = now};
	struct ward_de de;

	if (!check_all(&t, &de)) {
		ward_count_name(o->counters, "cap.malformed", 1);
		*ret_why = t.why;
		*ret_line = t.line;
		return WARD_ERR_MALFORMED;
	}
	return t.in ? tell_contents(&t, &de) : tell_all(&t, 0);
}
