#include "story/record.h"

#include "story/address.h"
#include "story/likely.h"
#include "story/record_fields.h"

/* In units; `impact` gives at most 2^52 millionths + 1. */
#define PRIORITY_MAX ((int64_t)1 << 33)

struct ward_record_reader {
	const struct ward_mem *mem;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_json_reader json;
	uint32_t field[F_N];
};

/* One record in hand. Getters note what is wrong; it is looked at once, at the end. */
struct in {
	const struct ward_record_reader *r;
	const struct ward_event *e;
	struct ward_arena *arena;
	bool bad;
};

enum ward_err ward_record_reader_new(
	const struct ward_mem *mem, const struct ward_limits *lim, struct ward_record_reader **ret)
{
	struct ward_record_reader *r = ward_mem_alloc(mem, sizeof(*r));
	enum ward_err err;

	if (!r)
		return WARD_ERR_NOMEM;
	r->mem = mem;
	r->lim = *lim;
	/* Records are ours: an incident of many signs is longer than any event may be. */
	r->lim.v[WARD_LIMIT_EVENT_BYTES] = ward_limit_info(WARD_LIMIT_EVENT_BYTES)->max;
	r->lim.v[WARD_LIMIT_EVENT_ITEMS] = ward_limit_info(WARD_LIMIT_EVENT_ITEMS)->max;
	err = ward_names_init(&r->names, mem, &r->lim);
	if (err) {
		ward_mem_free(mem, r, sizeof(*r));
		return err;
	}
	err = ward_json_reader_init(&r->json, &r->names, mem, &r->lim);
	if (err) {
		ward_names_fini(&r->names);
		ward_mem_free(mem, r, sizeof(*r));
		return err;
	}
	r->json.foreign = true; /* "event" is a kind like any other here */
	r->json.borrow = true;
	for (size_t i = 0; i < F_N; i++)
		r->field[i] = ward_name(&r->names, ward_str_z(field_name[i]));
	*ret = r;
	return WARD_OK;
}

void ward_record_reader_free(struct ward_record_reader *r)
{
	if (!r)
		return;
	ward_json_reader_fini(&r->json);
	ward_names_fini(&r->names);
	ward_mem_free(r->mem, r, sizeof(*r));
}

enum ward_phase ward_record_phase(struct ward_str state)
{
	if (ward_str_eqz(state, "dismissed"))
		return WARD_PHASE_DISMISSED;
	return ward_str_eqz(state, "recovered") || ward_str_eqz(state, "closed") ? WARD_PHASE_OVER
										 : WARD_PHASE_OPEN;
}

static const struct ward_value *get(const struct in *in, enum field f)
{
	return ward_event_get(in->e, in->r->field[f]);
}

static struct ward_str text_of(struct in *in, const struct ward_value *v)
{
	if (v && v->kind == WARD_VALUE_STR)
		return v->s;
	in->bad = true;
	return WARD_STR("");
}

static struct ward_str need_str(struct in *in, enum field f)
{
	return text_of(in, get(in, f));
}

/* Empty when absent. */
static struct ward_str str(struct in *in, enum field f)
{
	const struct ward_value *v = get(in, f);

	return v ? text_of(in, v) : WARD_STR("");
}

static bool flag(struct in *in, enum field f)
{
	const struct ward_value *v = get(in, f);

	in->bad |= v && v->kind != WARD_VALUE_BOOL;
	return v && v->kind == WARD_VALUE_BOOL && v->b;
}

static struct ward_id id_of(struct in *in, struct ward_str s)
{
	struct ward_id id = {{0}};

	in->bad |= !ward_id_parse(s, &id);
	return id;
}

static ward_ns time_of(struct in *in, struct ward_str s)
{
	ward_ns t = 0;

	in->bad |= ward_time_parse(s, &t) != WARD_OK;
	return t;
}

const char *ward_record_level_name(unsigned level)
{
	static const char *const name[WARD_RECORD_LEVELS] = {
		"informational", "low", "medium", "high", "critical"};

	return name[level < WARD_RECORD_LEVELS ? level : WARD_RECORD_LEVELS - 1];
}

static unsigned level_of(struct in *in, struct ward_str s)
{
	for (unsigned i = 0; i < WARD_RECORD_LEVELS; i++)
		if (ward_str_eqz(s, ward_record_level_name(i)))
			return i;
	in->bad = true;
	return 0;
}

/* A number that is not negative, in millionths; at most max units. Digits beyond are cut. */
static int64_t micro_of(struct in *in, const struct ward_value *v, int64_t max)
{
	struct ward_str whole, rest;
	uint64_t units;
	int64_t n = -1, part = 0, unit = 100000;

	if (v && v->kind == WARD_VALUE_INT)
		n = v->i;
	if (v && v->kind == WARD_VALUE_NUM) {
		rest = v->s;
		whole = ward_str_cut(&rest, '.');
		if (ward_str_u64(whole, &units) && units <= (uint64_t)max)
			n = (int64_t)units;
		for (size_t i = 0; i < rest.len; i++, unit /= 10) {
			if (rest.p[i] < '0' || rest.p[i] > '9')
				n = -1;
			part += (rest.p[i] - '0') * unit;
		}
	}
	if (n < 0 || n > max || (n == max && part)) {
		in->bad = true;
		return 0;
	}
	return n * 1000000 + part;
}

static int64_t count_of(struct in *in, const struct ward_value *v)
{
	if (v && v->kind == WARD_VALUE_INT && v->i >= 0)
		return v->i;
	in->bad = true;
	return 0;
}

/* Item i of a list that must have n of them; NULL and bad otherwise. */
static const struct ward_value *item(struct in *in, enum field f, size_t n, size_t i)
{
	const struct ward_value *v = get(in, f);

	if (v && v->kind == WARD_VALUE_LIST && v->n == n)
		return &v->item[i];
	in->bad = true;
	return NULL;
}

/* As item, for what older records lack: then it is empty. */
static struct ward_str late_item(struct in *in, enum field f, size_t n, size_t i)
{
	return get(in, f) ? text_of(in, item(in, f, n, i)) : WARD_STR("");
}

static size_t length(const struct in *in, enum field f)
{
	const struct ward_value *v = get(in, f);

	return v && v->kind == WARD_VALUE_LIST ? v->n : 0;
}

/* What it is on; and, where that is more, the address that it is about: an unknown device is to be
 * found on its network. */
static struct ward_str on_with(struct in *in, struct ward_str on, struct ward_str subject)
{
	struct ward_str sep = WARD_STR(", ");

	if (!on.len)
		return subject;
	if (ward_address_kind(subject) == WARD_ADDRESS_NONE)
		return on;
	char *text = ward_arena_alloc(in->arena, on.len + sep.len + subject.len);

	if (!text) {
		in->bad = true;
		return on;
	}
	memcpy(text, on.p, on.len);
	memcpy(text + on.len, sep.p, sep.len);
	memcpy(text + on.len + sep.len, subject.p, subject.len);
	return (struct ward_str){text, on.len + sep.len + subject.len};
}

static struct ward_record_permit detection_permit(struct in *in)
{
	struct ward_record_permit p = {.id = str(in, F_P_ID)};

	if (!p.id.len)
		return p;
	p.who = str(in, F_P_WHO);
	p.because = str(in, F_P_BECAUSE);
	p.until = time_of(in, need_str(in, F_P_UNTIL));
	p.expected = flag(in, F_P_EXPECTED);
	return p;
}

static struct ward_record_permit member_permit(struct in *in, size_t n, size_t i)
{
	struct ward_record_permit p = {.id = late_item(in, F_M_P_ID, n, i)};
	const struct ward_value *expected;

	if (!p.id.len)
		return p;
	p.who = late_item(in, F_M_P_WHO, n, i);
	p.because = late_item(in, F_M_BECAUSE, n, i);
	p.until = time_of(in, late_item(in, F_M_P_UNTIL, n, i));
	expected = item(in, F_M_EXPECTED, n, i);
	in->bad |= !expected || expected->kind != WARD_VALUE_BOOL;
	p.expected = expected && expected->kind == WARD_VALUE_BOOL && expected->b;
	return p;
}

static void read_tags(struct in *in, struct ward_record *r)
{
	r->n_tag = length(in, F_RULE_TAGS);
	r->tag = ward_arena_array(in->arena, r->n_tag, sizeof(*r->tag));
	if (!r->tag) {
		r->n_tag = 0;
		in->bad = true;
	}
	for (size_t i = 0; i < r->n_tag; i++)
		r->tag[i] = text_of(in, item(in, F_RULE_TAGS, r->n_tag, i));
}

static void read_evidence(struct in *in, struct ward_record *r)
{
	r->n_evidence = length(in, F_EVIDENCE);
	r->evidence = ward_arena_array(in->arena, r->n_evidence, sizeof(*r->evidence));
	if (!r->evidence) {
		r->n_evidence = 0;
		in->bad = true;
	}
	for (size_t i = 0; i < r->n_evidence; i++)
		r->evidence[i] = id_of(in, text_of(in, item(in, F_EVIDENCE, r->n_evidence, i)));
}

/* Older records have none: then the sentence stays in English. */
static void read_reason(struct in *in, struct ward_record *r)
{
	size_t n = length(in, F_REASON);

	if (n > WARD_RECORD_REASON) {
		in->bad = true;
		return;
	}
	for (; r->n_reason < n; r->n_reason++)
		r->reason[r->n_reason] = text_of(in, item(in, F_REASON, n, r->n_reason));
}

static void read_detection(struct in *in, struct ward_record *r)
{
	r->rule = str(in, F_RULE_ID);
	r->asset = str(in, F_ASSET);
	r->asset_name = str(in, F_ASSET_NAME);
	r->threat = str(in, F_THREAT);
	r->subject = str(in, F_SUBJECT);
	r->actor = str(in, F_ACTOR);
	r->place = str(in, F_PLACE);
	read_tags(in, r);
	read_evidence(in, r);
	r->withdrawn = flag(in, F_WITHDRAWN);
	struct ward_str stage = str(in, F_STAGE);

	r->note = ward_str_eqz(stage, "notice");
	if (ward_str_eqz(stage, "shadow"))
		r->kind = WARD_RECORD_OTHER; /* on trial: told to nobody */
	r->level = level_of(in, need_str(in, F_RULE_LEVEL));
	r->title = need_str(in, F_RULE_TITLE);
	r->first = time_of(in, need_str(in, F_FIRST));
	r->last = time_of(in, need_str(in, F_LAST));
	r->permit = detection_permit(in);
	r->because = str(in, F_BECAUSE);
	read_reason(in, r);
	if (get(in, F_BECAUSE_MORE))
		r->because_more = (uint64_t)count_of(in, get(in, F_BECAUSE_MORE));
	if (r->note) {
		r->on = str(in, F_SUBJECT);
		if (r->on.len)
			return;
	}
	r->on = str(in, F_ASSET_NAME);
	if (!r->on.len)
		r->on = str(in, F_PLACE_NAME);
	r->on = on_with(in, r->on, str(in, F_SUBJECT));
}

static void read_member(struct in *in, size_t n, size_t i, struct ward_record_member *m)
{
	struct ward_str with_time = late_item(in, F_M_WITH_TIME, n, i);
	struct ward_str last = late_item(in, F_M_LAST, n, i);

	m->detection = id_of(in, text_of(in, item(in, F_M_DETECTION, n, i)));
	m->level = level_of(in, text_of(in, item(in, F_M_LEVEL, n, i)));
	m->time = time_of(in, text_of(in, item(in, F_M_TIME, n, i)));
	m->last = last.len ? time_of(in, last) : m->time;
	m->count = 1;
	if (get(in, F_M_COUNT))
		m->count = (uint64_t)count_of(in, item(in, F_M_COUNT, n, i));
	in->bad |= !m->count || m->last < m->time;
	m->title = text_of(in, item(in, F_M_TITLE, n, i));
	m->thing = text_of(in, item(in, F_M_ON, n, i));
	m->subject = late_item(in, F_M_SUBJECT, n, i);
	m->actor = late_item(in, F_M_ACTOR, n, i);
	m->on = on_with(in, m->thing, m->subject);
	m->on_kind = late_item(in, F_M_ON_KIND, n, i);
	m->where = text_of(in, item(in, F_M_WHERE, n, i));
	m->joined_by = text_of(in, item(in, F_M_JOINED_BY, n, i));
	m->with = text_of(in, item(in, F_M_WITH, n, i));
	m->with_time = with_time.len ? time_of(in, with_time) : WARD_NS_NEVER;
	m->hops = count_of(in, item(in, F_M_HOPS, n, i));
	m->permit = member_permit(in, n, i);
}

/* Older records name the threat alone. */
static void read_headline(struct in *in, struct ward_record *r)
{
	r->name = (struct ward_headline){.what = str(in, F_HEADLINE_SIGN),
		.on = str(in, F_HEADLINE_ON),
		.effect = str(in, F_EFFECT),
		.effect_on = str(in, F_EFFECT_ON)};
	if (!r->name.what.len)
		r->name.what = str(in, F_HEADLINE);
	if (get(in, F_EFFECT_N))
		r->name.effect_more = (uint64_t)count_of(in, get(in, F_EFFECT_N));
	r->name.effect_more -= r->name.effect_more > 0;
}

static bool read_critical(struct in *in, struct ward_record *r)
{
	size_t n = length(in, F_X_THREAT);

	r->critical = ward_arena_array(in->arena, n, sizeof(*r->critical));
	if (!r->critical)
		return false;
	for (size_t i = 0; i < n && !in->bad; i++) {
		struct ward_record_critical *c = &r->critical[i];

		c->threat = text_of(in, item(in, F_X_THREAT, n, i));
		c->domain = text_of(in, item(in, F_X_DOMAIN, n, i));
		c->title = text_of(in, item(in, F_X_SIGN, n, i));
		c->on = on_with(in, text_of(in, item(in, F_X_ON, n, i)),
			text_of(in, item(in, F_X_SUBJECT, n, i)));
		c->where = text_of(in, item(in, F_X_WHERE, n, i));
		c->role = text_of(in, item(in, F_X_ROLE, n, i));
		c->reach = text_of(in, item(in, F_X_REACH, n, i));
		c->text = text_of(in, item(in, F_X_TEXT, n, i));
	}
	r->n_critical = n;
	return true;
}

static enum ward_err read_incident(struct in *in, struct ward_record *r)
{
	read_headline(in, r);
	r->decided = str(in, F_DECIDED);
	r->state = need_str(in, F_STATE);
	r->domain = need_str(in, F_DOMAIN);
	r->level = level_of(in, need_str(in, F_LEVEL));
	r->first = time_of(in, need_str(in, F_FIRST));
	r->last = time_of(in, need_str(in, F_LAST));
	r->step_role = str(in, F_STEP_ROLE);
	r->step_reach = str(in, F_STEP_REACH);
	r->step_text = str(in, F_STEP_TEXT);
	r->step_on = get(in, F_STEP_ON) ? str(in, F_STEP_ON) : r->name.on;
	r->n_member = length(in, F_M_DETECTION);
	r->only_some =
		get(in, F_M_TOTAL) && (uint64_t)count_of(in, get(in, F_M_TOTAL)) > r->n_member;
	r->n_superseded = length(in, F_SUPERSEDES);
	r->member = ward_arena_array(in->arena, r->n_member, sizeof(*r->member));
	r->superseded = ward_arena_array(in->arena, r->n_superseded, sizeof(*r->superseded));
	r->n_on_asset = length(in, F_T_ASSET);
	r->on_asset = ward_arena_array(in->arena, r->n_on_asset, sizeof(*r->on_asset));
	r->on_threat = ward_arena_array(in->arena, r->n_on_asset, sizeof(*r->on_threat));
	if (!r->member || !r->superseded || !r->on_asset || !r->on_threat || !read_critical(in, r))
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < r->n_on_asset && !in->bad; i++) {
		r->on_asset[i] = text_of(in, item(in, F_T_ASSET, r->n_on_asset, i));
		r->on_threat[i] = late_item(in, F_T_THREAT, r->n_on_asset, i);
	}
	for (size_t i = 0; i < r->n_member && !in->bad; i++)
		read_member(in, r->n_member, i, &r->member[i]);
	for (size_t i = 0; i < r->n_superseded && !in->bad; i++)
		r->superseded[i] =
			id_of(in, text_of(in, item(in, F_SUPERSEDES, r->n_superseded, i)));
	return WARD_OK;
}

static enum ward_err read_impact(struct in *in, struct ward_record *r)
{
	r->incident = id_of(in, need_str(in, F_INCIDENT));
	r->withdrawn = flag(in, F_WITHDRAWN);
	if (r->withdrawn)
		return WARD_OK;
	r->asset = need_str(in, F_ASSET);
	r->asset_name = need_str(in, F_ASSET_NAME);
	r->threat = need_str(in, F_THREAT);
	r->threat_name = need_str(in, F_THREAT_NAME);
	r->service = flag(in, F_SERVICE);
	r->need = str(in, F_NEED);
	r->further = flag(in, F_FURTHER);
	r->unknown = get(in, F_LEADS) && ward_str_eqz(need_str(in, F_LEADS), "unknown");
	r->lo_micro = micro_of(in, item(in, F_LIKELIHOOD, 2, 0), 1);
	r->hi_micro = micro_of(in, item(in, F_LIKELIHOOD, 2, 1), 1);
	if (r->service && !get(in, F_LIKELIHOOD_BY))
		r->hi_micro = ward_likely_upper(r->lo_micro, r->hi_micro);
	r->priority_micro = micro_of(in, get(in, F_PRIORITY), PRIORITY_MAX);
	r->earliest = time_of(in, need_str(in, F_EARLIEST));
	r->expected = time_of(in, need_str(in, F_EXPECTED));
	r->by_chain = get(in, F_BY_CHAIN) ? time_of(in, need_str(in, F_BY_CHAIN)) : r->expected;
	r->n_link = length(in, F_C_NAME);
	r->link = ward_arena_array(in->arena, r->n_link, sizeof(*r->link));
	if (!r->link)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < r->n_link && !in->bad; i++)
		r->link[i] =
			(struct ward_record_link){text_of(in, item(in, F_C_NAME, r->n_link, i)),
				text_of(in, item(in, F_C_THREAT, r->n_link, i)),
				late_item(in, F_C_GROUP, r->n_link, i)};
	return WARD_OK;
}

/* That one was read or erased is for the ledger. */
static void read_clip(struct in *in, struct ward_record *r)
{
	struct ward_str act = need_str(in, F_ACT), none = WARD_STR("none");

	if (!ward_str_eq(act, none) && !ward_str_eqz(act, "written")) {
		r->kind = WARD_RECORD_OTHER;
		return;
	}
	r->id = id_of(in, need_str(in, F_ID));
	r->incident = id_of(in, need_str(in, F_INCIDENT));
	r->camera = need_str(in, F_CAMERA);
	if (ward_str_eq(act, none)) {
		r->why = need_str(in, F_WHY);
		in->bad |= !r->why.len;
		return;
	}
	r->first = time_of(in, need_str(in, F_FROM));
	r->last = time_of(in, need_str(in, F_TO));
}

/* Of decisions those by which somebody enters what a ward can do. */
static enum ward_err read_entry(struct in *in, struct ward_record *r)
{
	const struct ward_str args = WARD_STR("args.");

	if (!ward_str_eqz(need_str(in, F_WHAT), "enter") || !flag(in, F_TAKEN)) {
		r->kind = WARD_RECORD_OTHER;
		return WARD_OK;
	}
	r->id = id_of(in, need_str(in, F_ID));
	r->asset = need_str(in, F_SUBJECT);
	r->by = need_str(in, F_PERSON);
	r->why = str(in, F_TEXT);
	r->first = time_of(in, need_str(in, F_TIME));
	r->arg = ward_arena_array(in->arena, in->e->n_field, sizeof(*r->arg));
	if (!r->arg)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < in->e->n_field; i++) {
		const struct ward_field *f = &in->e->field[i];
		struct ward_str name = ward_name_text(&in->r->names, f->name);

		if (ward_str_starts(name, args))
			r->arg[r->n_arg++] = (struct ward_record_arg){
				ward_str_sub(name, args.len, name.len), text_of(in, &f->v)};
	}
	return WARD_OK;
}

static void read_census(struct in *in, struct ward_record *r)
{
	int64_t came = count_of(in, get(in, F_CAME)), went = count_of(in, get(in, F_WENT));

	r->asset = need_str(in, F_ASSET);
	r->first = time_of(in, need_str(in, F_FIRST));
	r->last = time_of(in, need_str(in, F_LAST));
	in->bad |= came > UINT32_MAX || went > UINT32_MAX;
	r->came = (uint64_t)came;
	r->went = (uint64_t)went;
}

static enum ward_record_kind kind_of(struct ward_str s)
{
	if (ward_str_eqz(s, "decision"))
		return WARD_RECORD_ENTRY;
	if (ward_str_eqz(s, "census"))
		return WARD_RECORD_CENSUS;
	if (ward_str_eqz(s, "clip"))
		return WARD_RECORD_CLIP;
	if (ward_str_eqz(s, "detection"))
		return WARD_RECORD_DETECTION;
	if (ward_str_eqz(s, "incident"))
		return WARD_RECORD_INCIDENT;
	if (ward_str_eqz(s, "delivery"))
		return WARD_RECORD_DELIVERY;
	return ward_str_eqz(s, "impact") ? WARD_RECORD_IMPACT : WARD_RECORD_OTHER;
}

enum ward_err ward_record_read(struct ward_record_reader *r, struct ward_str json,
	struct ward_arena *arena, struct ward_record *ret)
{
	struct ward_event e;
	struct in in = {.r = r, .e = &e, .arena = arena};
	enum ward_err err = ward_json_read_event(&r->json, json, arena, &e);
	int64_t revision;

	if (err)
		return err;
	*ret = (struct ward_record){.kind = kind_of(need_str(&in, F_KIND))};
	if (in.bad)
		return WARD_ERR_MALFORMED;
	if (ret->kind == WARD_RECORD_OTHER)
		return WARD_OK;
	if (ret->kind == WARD_RECORD_ENTRY) {
		err = read_entry(&in, ret);
		return err ? err : in.bad ? WARD_ERR_MALFORMED : WARD_OK;
	}
	if (ret->kind == WARD_RECORD_CLIP) {
		read_clip(&in, ret);
		return in.bad ? WARD_ERR_MALFORMED : WARD_OK;
	}
	ret->id = id_of(&in, need_str(&in, F_ID));
	if (ret->kind == WARD_RECORD_DELIVERY) {
		ret->state = need_str(&in, F_STATE);
		ret->recipient = get(&in, F_RECIPIENT_NAME) ? str(&in, F_RECIPIENT_NAME)
							    : need_str(&in, F_RECIPIENT);
		ret->why = str(&in, F_WHY);
		return in.bad ? WARD_ERR_MALFORMED : WARD_OK;
	}
	revision = count_of(&in, get(&in, F_REVISION));
	if (revision > UINT32_MAX)
		in.bad = true;
	ret->revision = (uint32_t)revision;
	if (ret->kind == WARD_RECORD_CENSUS)
		read_census(&in, ret);
	else if (ret->kind == WARD_RECORD_DETECTION)
		read_detection(&in, ret);
	else if (ret->kind == WARD_RECORD_INCIDENT)
		err = read_incident(&in, ret);
	else
		err = read_impact(&in, ret);
	if (err)
		return err;
	return in.bad ? WARD_ERR_MALFORMED : WARD_OK;
}
