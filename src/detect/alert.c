/* docs/alerts.md */
#include "detect/alert.h"

#include "model/model.h"
#include "model/threat.h"

enum { TITLE_MAX = 256, MATCH_MAX = 12 };

static const char *const field_name[WARD_ALERT_FIELD_N] = {
#define X(IDENT, name) [WARD_ALERT_##IDENT] = name,
	WARD_ALERT_FIELD_LIST(X)
#undef X
};

/* One alert being read. */
struct alert {
	struct ward_alerts *a;
	const struct ward_event *e;
	ward_ns time;
	struct ward_detection d;
	uint32_t asset[WARD_ALERT_ASSETS_MAX];
	size_t n_asset;
	struct ward_match match[MATCH_MAX];
	enum ward_err err;
};

void ward_alerts_init(struct ward_alerts *a, struct ward_names *names,
	const struct ward_model *model, const struct ward_threats *threats)
{
	*a = (struct ward_alerts){.model = model,
		.threats = threats,
		.names = names,
		.class = ward_name(names, WARD_STR("log.alert"))};
	for (size_t i = 0; i < WARD_ALERT_FIELD_N; i++)
		a->field[i] = ward_name(names, ward_str_z(field_name[i]));
}

static const struct ward_value *value_of(const struct alert *x, enum ward_alert_field f)
{
	return ward_event_get(x->e, x->a->field[f]);
}

/* A scalar as text; empty for all else. */
static struct ward_str text_of(struct alert *x, const struct ward_value *v)
{
	uint8_t buf[24];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str s;

	if (v && (v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_NUM))
		return v->s;
	if (!v || v->kind != WARD_VALUE_INT)
		return WARD_STR("");
	ward_wr_i64(&w, v->i);
	s = ward_arena_str(x->e->arena, ward_wr_text(&w));
	if (s.p)
		return s;
	x->err = WARD_ERR_NOMEM;
	return WARD_STR("");
}

static struct ward_str field_text(struct alert *x, enum ward_alert_field f)
{
	return text_of(x, value_of(x, f));
}

static bool time_of(struct alert *x, enum ward_alert_field f, ward_ns *ret)
{
	struct ward_str s = field_text(x, f);

	return s.len && ward_time_parse(s, ret) == WARD_OK;
}

static bool read_level(struct alert *x)
{
	struct ward_str s = field_text(x, WARD_ALERT_LEVEL);

	for (unsigned i = 0; i < WARD_LEVEL_N; i++)
		if (ward_str_ieq(s, ward_str_z(ward_level_name((enum ward_level)i)))) {
			x->d.level = (enum ward_level)i;
			return true;
		}
	return false;
}

static struct ward_str joined(
	struct alert *x, struct ward_str a, const char *between, struct ward_str b)
{
	uint8_t buf[3 * TITLE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_str(&w, ward_str_sub(a, 0, TITLE_MAX));
	ward_wr_z(&w, between);
	ward_wr_str(&w, ward_str_sub(b, 0, TITLE_MAX));
	struct ward_str s = ward_wr_text(&w);

	while (s.len && !ward_utf8_valid(ward_str_bytes(s), NULL))
		s.len--;
	s = ward_arena_str(x->e->arena, s);
	if (!s.p)
		x->err = WARD_ERR_NOMEM;
	return s.p ? s : WARD_STR("");
}

/* Rule, title and author: whose alert it is stands in all three. */
static void read_names(struct alert *x)
{
	struct ward_str product = field_text(x, WARD_ALERT_PRODUCT),
			pattern = ward_event_str(x->e, WARD_FIELD_LOG_PATTERN),
			rule = field_text(x, WARD_ALERT_RULE),
			name = field_text(x, WARD_ALERT_NAME);
	struct ward_str source = ward_str_cut(&pattern, '.');

	if (!product.len)
		product = source;
	if (!name.len)
		name = rule.len ? rule : WARD_STR("alert");
	x->d.author = product;
	x->d.title = joined(x, product, product.len ? ": " : "", name);
	x->d.rule = joined(x, source, source.len ? ":" : "", rule.len ? rule : name);
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The first ATT&CK technique in a text that the dictionary knows: "T1486", "T1059.001 - …". */
static uint32_t technique(const struct ward_threats *t, struct ward_str s)
{
	for (size_t i = 0; i + 5 <= s.len; i++) {
		size_t n = 5;

		if ((s.p[i] != 'T' && s.p[i] != 't') || !digit(s.p[i + 1]) || !digit(s.p[i + 2]) ||
			!digit(s.p[i + 3]) || !digit(s.p[i + 4]))
			continue;
		if (i + 9 <= s.len && s.p[i + 5] == '.' && digit(s.p[i + 6]) && digit(s.p[i + 7]) &&
			digit(s.p[i + 8]))
			n = 9;
		char id[9];

		memcpy(id, s.p + i, n);
		id[0] = 'T';
		uint32_t threat = ward_threats_by_attack(t, (struct ward_str){id, n});

		if (threat != WARD_NONE)
			return threat;
		i += n - 1;
	}
	return WARD_NONE;
}

static uint32_t threat_of(struct alert *x)
{
	const struct ward_threats *t = x->a->threats;
	const struct ward_value *v = value_of(x, WARD_ALERT_ATTACK);
	struct ward_str code = field_text(x, WARD_ALERT_THREAT);
	uint32_t threat = code.len ? ward_threats_find(t, code) : WARD_NONE;

	if (threat != WARD_NONE || !v)
		return threat;
	if (v->kind != WARD_VALUE_LIST)
		return technique(t, text_of(x, v));
	for (size_t i = 0; i < v->n && threat == WARD_NONE; i++)
		threat = technique(t, text_of(x, &v->item[i]));
	return threat;
}

static void read_threat(struct alert *x)
{
	x->d.threat = x->a->threats ? threat_of(x) : WARD_NONE;
	x->d.threat_code = x->d.threat == WARD_NONE
				   ? WARD_STR("")
				   : ward_threats_at(x->a->threats, x->d.threat)->code;
}

/* When it happened, as far as that can be: not after the record, not more than a day before. False:
 * the alert is older, its record is only news of its status. */
static bool read_times(struct alert *x)
{
	ward_ns created, earliest;

	if (!ward_sub(x->time, WARD_ALERT_BACK, &earliest))
		earliest = x->time;
	if (time_of(x, WARD_ALERT_CREATED, &created) && created < earliest)
		return false;
	if (!time_of(x, WARD_ALERT_FIRST, &x->d.first))
		x->d.first = x->time;
	if (!time_of(x, WARD_ALERT_LAST, &x->d.last))
		x->d.last = x->d.first;
	x->d.first = x->d.first < earliest ? earliest : x->d.first;
	x->d.first = x->d.first > x->time ? x->time : x->d.first;
	x->d.last = x->d.last < x->d.first ? x->d.first : x->d.last;
	x->d.last = x->d.last > x->time ? x->time : x->d.last;
	return true;
}

/* A later word of the product is a higher number: tenths of a second since the alert was created,
 * then how far its status has come. */
static uint32_t revision_of(struct alert *x)
{
	struct ward_str status = field_text(x, WARD_ALERT_STATUS);
	uint64_t stage = ward_str_eqz(status, "closed")   ? 2
			 : ward_str_eqz(status, "active") ? 1
							  : 0;
	ward_ns created, updated, since;

	if (!time_of(x, WARD_ALERT_CREATED, &created) ||
		!time_of(x, WARD_ALERT_UPDATED, &updated) || !ward_sub(updated, created, &since) ||
		since < 0)
		since = 0;
	uint64_t n = (uint64_t)(since / (WARD_NS_PER_S / 10)) * 4 + stage + 1;

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static void add_asset(struct alert *x, uint32_t asset)
{
	for (size_t i = 0; i < x->n_asset; i++)
		if (x->asset[i] == asset)
			return;
	if (asset != WARD_NONE && x->n_asset < WARD_ALERT_ASSETS_MAX)
		x->asset[x->n_asset++] = asset;
}

static void add_host(struct alert *x, const struct ward_value *v)
{
	struct ward_str name = text_of(x, v);

	if (!name.len)
		return;
	uint32_t asset = ward_model_by_host(x->a->model, name);

	if (asset == WARD_NONE)
		asset = ward_model_by_key(x->a->model, WARD_KEY_MAC, name);
	add_asset(x, asset);
}

static uint32_t node_of(const struct alert *x, uint32_t field)
{
	struct ward_str id = ward_event_str(x->e, field);

	return id.len ? ward_model_find(x->a->model, id) : WARD_NONE;
}

/* The source's own name of who or what it is about, where no asset says it. */
static void read_subject(struct alert *x, const struct ward_value *hosts)
{
	const struct ward_value *first =
		hosts && hosts->kind == WARD_VALUE_LIST && hosts->n ? &hosts->item[0] : hosts;
	const struct ward_str name[] = {ward_event_str(x->e, WARD_FIELD_HOST), text_of(x, first),
		ward_event_str(x->e, WARD_FIELD_SRC_IP), ward_event_str(x->e, WARD_FIELD_DST_IP)};
	struct ward_str *s = &x->d.subject;

	for (size_t i = 0; i < WARD_ARRAY_LEN(name) && !s->len; i++)
		*s = ward_str_sub(name[i], 0, TITLE_MAX);
	while (s->len && !ward_utf8_valid(ward_str_bytes(*s), NULL))
		s->len--;
}

/* The assets that the alert names, else the event's own side, else the other one. */
static void read_assets(struct alert *x)
{
	const struct ward_value *v = value_of(x, WARD_ALERT_HOSTS);

	x->d.subject = WARD_STR("");
	for (size_t i = 0; x->a->model && v && v->kind == WARD_VALUE_LIST && i < v->n; i++)
		add_host(x, &v->item[i]);
	if (x->a->model && v && v->kind != WARD_VALUE_LIST)
		add_host(x, v);
	/* what has no host: a site that is warned, by the directory's own name of it */
	const struct ward_value *place = value_of(x, WARD_ALERT_PLACE);

	if (x->a->model && place && place->kind == WARD_VALUE_STR)
		add_asset(x, ward_model_find(x->a->model, place->s));
	if (x->a->model && !x->n_asset)
		add_asset(x, node_of(x, WARD_FIELD_WARD_ASSET));
	if (x->n_asset)
		return;
	if (x->a->model)
		add_asset(x, node_of(x, WARD_FIELD_WARD_PEER_ASSET));
	read_subject(x, v);
}

/* Where the asset is; the event's own place where it is no asset. */
static uint32_t place_of(const struct alert *x, uint32_t asset)
{
	static const uint32_t places[] = {
		WARD_FIELD_WARD_DOOR, WARD_FIELD_WARD_ROOM, WARD_FIELD_WARD_NETWORK};
	const struct ward_model *m = x->a->model;
	uint32_t place = WARD_NONE;

	if (!m)
		return WARD_NONE;
	if (asset != WARD_NONE) {
		place = ward_model_up(m, asset, WARD_NODE_ROOM);
		return place != WARD_NONE ? place : ward_model_node(m, asset)->network;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(places) && place == WARD_NONE; i++)
		place = node_of(x, places[i]);
	return place;
}

/* What people want to see of it: how to find it again, above all. */
static void read_match(struct alert *x)
{
	static const enum ward_alert_field shown[] = {WARD_ALERT_ID, WARD_ALERT_URL,
		WARD_ALERT_SEVERITY, WARD_ALERT_STATUS, WARD_ALERT_VERDICT, WARD_ALERT_FILE_NAME,
		WARD_ALERT_FILE_SHA256, WARD_ALERT_FILE_SHA1, WARD_ALERT_FILE_MD5};

	_Static_assert(WARD_ARRAY_LEN(shown) <= MATCH_MAX, "room for all");
	for (size_t i = 0; i < WARD_ARRAY_LEN(shown); i++) {
		struct ward_str s = field_text(x, shown[i]);

		if (s.len)
			x->match[x->d.n_match++] = (struct ward_match){
				.field = ward_str_z(field_name[shown[i]]), .value = s};
	}
	x->d.match = x->match;
}

/* Without an id of the product's each record is an alert of its own. */
static struct ward_id id_of(const struct alert *x, struct ward_str id, uint32_t asset)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "detection.alert");
	ward_idgen_str(&g, x->d.author);
	ward_idgen_str(&g, id);
	if (!id.len)
		ward_idgen_id(&g, x->e->id);
	ward_idgen_str(
		&g, asset == WARD_NONE ? WARD_STR("") : ward_model_node(x->a->model, asset)->id);
	return ward_idgen_final(&g);
}

static void give(struct alert *x, ward_detect_sink sink, void *ctx)
{
	struct ward_id evidence = x->e->id;
	struct ward_str id = field_text(x, WARD_ALERT_ID);
	size_t n = x->n_asset ? x->n_asset : 1;

	x->d.actor = ward_str_sub(ward_event_str(x->e, WARD_FIELD_WARD_ACTOR), 0, TITLE_MAX);
	x->d.evidence = &evidence;
	x->d.n_evidence = 1;
	x->a->count.n_unplaced += x->n_asset == 0;
	for (size_t i = 0; i < n; i++) {
		x->d.asset = x->n_asset ? x->asset[i] : WARD_NONE;
		x->d.place = place_of(x, x->d.asset);
		x->d.id = id_of(x, id, x->d.asset);
		x->a->count.n_taken++;
		sink(ctx, &x->d);
	}
}

/* The product says that it was nothing. */
static bool dismissed(struct alert *x)
{
	struct ward_str verdict = field_text(x, WARD_ALERT_VERDICT);

	return ward_str_eqz(verdict, "false") || ward_str_eqz(verdict, "benign");
}

enum ward_err ward_alerts_event(struct ward_alerts *a, const struct ward_event *e, ward_ns time,
	ward_detect_sink sink, void *ctx)
{
	struct alert x = {.a = a, .e = e, .time = time};
	const struct ward_value *id = ward_event_get(e, a->field[WARD_ALERT_ID]);

	if (e->class != a->class)
		return WARD_OK;
	if (!read_level(&x) || (id && id->kind == WARD_VALUE_LIST)) {
		a->count.n_unread++;
		return x.err;
	}
	if (!read_times(&x)) {
		a->count.n_old++;
		return x.err;
	}
	x.d.revision = revision_of(&x);
	x.d.withdrawn = dismissed(&x);
	if (x.d.level == WARD_LEVEL_INFORMATIONAL) {
		if (x.d.revision == 1)
			return x.err;
		x.d.withdrawn = true; /* it may have been more before */
	}
	read_names(&x);
	read_threat(&x);
	read_assets(&x);
	read_match(&x);
	if (!x.err)
		give(&x, sink, ctx);
	return x.err;
}
