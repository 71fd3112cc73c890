#include "respond/recipients.h"

#include "conf/id.h"
#include "exchange/share.h"
#include "exchange/standard.h"
#include "model/near.h"
#include "respond/recipients_about.h"
#include "respond/recipients_available.h"
#include "respond/recipients_ladder.h"
#include "respond/recipients_role.h"
#include "respond/recipients_witness.h"
#include "respond/template.h"
#include "words/words.h"

enum { ARENA_BYTES = 4 << 20, NEAR_BUDGET = 100000 };

static const ward_ns look_usual = 300 * WARD_NS_PER_S;
static const char *const level[] = {"informational", "low", "medium", "high", "critical"};

struct reader {
	const struct ward_recipients_in *in;
	struct ward_recipients *to;
	const struct ward_conf *c; /* the entry in hand */
	size_t near_budget;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static struct ward_str text(struct reader *r, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err = ward_conf_line(
		r->c, key, required, WARD_RECIPIENT_TEXT, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

static void read_id(struct reader *r, struct ward_recipient *p)
{
	p->id = text(r, "id", true);
	if (p->id.len && !ward_conf_is_id(p->id, WARD_RECIPIENT_ID))
		say(r, r->c,
			WARD_TEXT("'%.*s' is no id\nwrite lower-case letters, digits and '-', at "
				  "most %d"),
			WARD_STR_ARG(p->id), WARD_RECIPIENT_ID);
	for (size_t i = 0; i < r->to->n; i++)
		if (ward_str_eq(r->to->r[i].id, p->id))
			say(r, r->c,
				WARD_TEXT(
					"'%.*s' is there already, in line %u\ngive it another id"),
				WARD_STR_ARG(p->id), r->to->r[i].line);
}

/* Exactly one way leads to it. */
static void read_channel(struct reader *r, struct ward_recipient *p)
{
	const char *why = "";
	size_t n = 0;

	for (size_t i = 0; i < WARD_CHANNEL_N; i++) {
		const char *key = ward_channel_name((enum ward_channel)i);

		if (!ward_conf_get(r->c, key))
			continue;
		p->channel = (enum ward_channel)i;
		p->url = text(r, key, true);
		n++;
	}
	const struct ward_way *a = ward_way(p->channel);

	if (n != 1)
		say(r, r->c,
			WARD_TEXT("the recipient has %s\nadd one: `webhook: https://HOST/PATH`, "
				  "`mail: smtps://HOST`, or another of docs/ways.md"),
			n ? WARD_TEXT("more than one way to it") : WARD_TEXT("no way to it"));
	else if (p->url.len && !a->check(p->url, &why))
		say(r, ward_conf_get(r->c, ward_channel_name(p->channel)),
			WARD_TEXT("'%.*s' is no %s: %s\nwrite %s"), WARD_STR_ARG(a->shown(p->url)),
			a->what, why, a->form);
}

/* What the way needs to know beside its address. */
static void read_details(struct reader *r, struct ward_recipient *p)
{
	const char *way = ward_channel_name(p->channel);

	for (size_t i = 0; i < WARD_DETAIL_N; i++) {
		const struct ward_way_detail *d = &ward_way(p->channel)->detail[i];
		const char *key = ward_detail_name((enum ward_detail)i);
		struct ward_str s = text(r, key, d->is == WARD_DETAIL_MUST);

		if (!s.len)
			continue;
		if (d->is == WARD_DETAIL_NONE)
			say(r, ward_conf_get(r->c, key),
				WARD_TEXT("'%s' is of no use to a %s\nleave it out, or write "
					  "another way"),
				key, way);
		else if (d->check && !d->check(s))
			say(r, ward_conf_get(r->c, key), WARD_TEXT("'%s' is no %s\nwrite %s"), key,
				d->what, d->form);
		p->detail[i] = s;
	}
}

/* A secret that goes nowhere is not what was meant, nor a slot for one that there is not. */
static void check_slot(struct reader *r, const struct ward_recipient *p)
{
	const struct ward_str slot = WARD_STR("{secret}");
	bool held = ward_str_find(p->detail[WARD_DETAIL_HEADER], slot) != SIZE_MAX ||
		    ward_str_find(p->detail[WARD_DETAIL_BODY], slot) != SIZE_MAX;

	if (p->secret_file.len && !held)
		say(r, r->c,
			WARD_TEXT("nothing holds the secret\nadd `header: \"Authorization: Bearer "
				  "{secret}\"`, or leave secret_file out"));
	else if (held && !p->secret_file.len)
		say(r, r->c,
			WARD_TEXT("{secret} without 'secret_file'\nname the file that holds it"));
}

/* What the other side knows of Ward, which it shows in TLS alone. */
static void read_client(struct reader *r, struct ward_recipient *p)
{
	bool cert = p->detail[WARD_DETAIL_CLIENT_CERTIFICATE].len != 0,
	     key = p->detail[WARD_DETAIL_CLIENT_KEY].len != 0;

	if (cert != key)
		say(r, r->c,
			WARD_TEXT("a client has a certificate and its key, or neither\nadd `%s: "
				  "FILE`"),
			key ? "client_certificate" : "client_key");
	else if (cert && !ward_str_starts(p->url, WARD_STR("mqtts://")) &&
		 !ward_str_starts(p->url, WARD_STR("tls://")))
		say(r, ward_conf_get(r->c, "client_certificate"),
			WARD_TEXT("a client's certificate is shown in TLS alone\nwrite `mqtt: "
				  "mqtts://HOST` or `syslog: tls://HOST`"));
}

static void read_broker(struct reader *r)
{
	if (ward_conf_get(r->c, "gets"))
		say(r, ward_conf_get(r->c, "gets"),
			WARD_TEXT("a broker gets topics\nleave it out; with `siren: TOPIC` it gets "
				  "on and off"));
}

/* What has no place in a standard's message, or in a ticket, is not asked of it. */
static void read_never(struct reader *r, const char *const *never, const char *what)
{
	for (; *never; never++)
		if (ward_conf_get(r->c, *never))
			say(r, ward_conf_get(r->c, *never),
				WARD_TEXT("'%s' has no place in %s\nleave it out, or let another "
					  "recipient have Ward's own"),
				*never, what);
}

static void read_standard(struct reader *r)
{
	static const char *const never[] = {
		"gets", "acknowledge", "then", "taken", "test", "heartbeat", "roles", NULL};

	read_never(r, never, WARD_TEXT("a standard's messages"));
}

/* Its heartbeat is how often Ward looks what was closed there. */
static void read_tickets(struct reader *r, struct ward_recipient *p)
{
	static const char *const never[] = {"gets", "acknowledge", "then", "taken", "roles", NULL};

	read_never(r, never, WARD_TEXT("tickets"));
	p->heartbeat = p->heartbeat ? p->heartbeat : look_usual;
}

static void read_secret(struct reader *r, struct ward_recipient *p)
{
	const struct ward_way *a = ward_way(p->channel);
	const char *way = ward_channel_name(p->channel);
	bool user = p->detail[WARD_DETAIL_USER].len > 0;
	struct ward_template_slot slot = {.is = ""};
	const char *wrong = a->wrong ? a->wrong(p->url, p->detail, &slot) : NULL;

	if (wrong && slot.is[0])
		say(r, r->c, WARD_TEXT("%s %s\nwrite %s"), slot.is, wrong, slot.may);
	else if (wrong)
		say(r, r->c, "%s", wrong);

	p->secret_file = text(r, "secret_file", a->secret == WARD_SECRET_ALWAYS);
	p->certificate = text(r, "certificate", false);
	if (a->secret == WARD_SECRET_OF_USER && user != (p->secret_file.len > 0))
		say(r, r->c,
			user ? WARD_TEXT("'user' without 'secret_file'\nname the file with its "
					 "password")
			     : WARD_TEXT("'secret_file' without 'user'\nname whose password it is, "
					 "or leave both out"));
	if (a->secret == WARD_SECRET_MAY)
		check_slot(r, p);
	if ((a->secret == WARD_SECRET_NEVER && (p->secret_file.len || p->certificate.len)) ||
		(a->secret == WARD_SECRET_FREE && p->secret_file.len))
		say(r, r->c, WARD_TEXT("'%s' is of no use here\nleave it out"),
			p->secret_file.len ? "secret_file" : "certificate");
	if (p->channel == WARD_CHANNEL_SIP && p->certificate.len)
		say(r, ward_conf_get(r->c, "certificate"),
			WARD_TEXT("calls go by UDP, without TLS\nleave it out"));
	if (!a->data && p->heartbeat)
		say(r, ward_conf_get(r->c, "heartbeat"),
			WARD_TEXT("a heartbeat by %s is watched by nobody\nlet a webhook have it, "
				  "and write `test: mon 09:00` here"),
			way);
	if (!a->data && p->bookmarks)
		say(r, ward_conf_get(r->c, "gets"),
			WARD_TEXT("bookmarks are for a machine to read\nsend them to a webhook"));
}

static void read_level(struct reader *r, struct ward_recipient *p)
{
	struct ward_str s = text(r, "level", false);
	size_t i = 0;

	p->level = 2;
	while (i < WARD_ARRAY_LEN(level) && !ward_str_eqz(s, level[i]))
		i++;
	if (i < WARD_ARRAY_LEN(level))
		p->level = (unsigned)i;
	else if (s.len)
		say(r, ward_conf_get(r->c, "level"),
			WARD_TEXT("'%.*s' is no level\nwrite informational, low, medium, high or "
				  "critical"),
			WARD_STR_ARG(s));
}

static void take_kind(struct reader *r, struct ward_recipient *p, const struct ward_conf *word)
{
	unsigned d = ward_kind_parse(word->text);

	if (!d)
		say(r, word,
			WARD_TEXT("'%.*s' is no kind of incident\nwrite physical, cyber or hybrid "
				  "(both at once)"),
			WARD_STR_ARG(word->text));
	p->kinds |= d;
}

static void take_place(struct reader *r, struct ward_recipient *p, const struct ward_conf *word)
{
	const struct ward_model *m = r->in->m;
	uint32_t node = ward_model_find(m, word->text);

	if (p->n_place == WARD_RECIPIENT_PLACES) {
		say(r, word, WARD_TEXT("more than %d places\nname the buildings that they are in"),
			WARD_RECIPIENT_PLACES);
		return;
	}
	if (node == WARD_NONE || ward_model_node(m, node)->kind > WARD_NODE_NETWORK) {
		struct ward_near near = ward_near_start(word->text, &r->near_budget);

		for (uint32_t i = 0; i < ward_model_n(m); i++)
			if (ward_model_node(m, i)->kind <= WARD_NODE_NETWORK)
				ward_near_offer(&near, ward_model_node(m, i)->id);
		if (near.best.len)
			say(r, word,
				WARD_TEXT("'%.*s' is no place of the hospital\nwrite '%.*s' if "
					  "that was meant"),
				WARD_STR_ARG(word->text), WARD_STR_ARG(near.best));
		else
			say(r, word,
				WARD_TEXT("'%.*s' is no place of the hospital\nwrite the id of a "
					  "site, building, floor, zone, room, door or network"),
				WARD_STR_ARG(word->text));
		return;
	}
	p->place[p->n_place++] = node;
}

/* One word, or a list of them. */
static void each(struct reader *r, struct ward_recipient *p, const char *key,
	void (*take)(struct reader *r, struct ward_recipient *p, const struct ward_conf *word))
{
	const struct ward_conf *c = ward_conf_get(r->c, key);

	if (!c)
		return;
	for (const struct ward_conf *w = c->kind == WARD_CONF_SEQ ? c->child : c; w; w = w->next) {
		if (w->kind == WARD_CONF_SCALAR)
			take(r, p, w);
		else
			say(r, w,
				WARD_TEXT("'%s' holds something that is no word\nwrite %s: [one, "
					  "another]"),
				key, key);
		if (c->kind != WARD_CONF_SEQ)
			return;
	}
	if (!c->n_child && c->kind == WARD_CONF_SEQ)
		say(r, c, WARD_TEXT("'%s' is empty\nleave it out, and there is no such bound"),
			key);
}

static void read_language(struct reader *r, struct ward_recipient *p)
{
	p->language = text(r, "language", false);
	if (p->language.len && !ward_lang_is_code(p->language))
		say(r, ward_conf_get(r->c, "language"),
			WARD_TEXT("'%.*s' is no code of a language\nwrite en, fr, it or nl"),
			WARD_STR_ARG(p->language));
}

static void read_gets(struct reader *r, struct ward_recipient *p)
{
	struct ward_str s = text(r, "gets", false);

	p->bookmarks = ward_str_eqz(s, "bookmarks");
	p->heads = ward_str_eqz(s, "heads");
	if (s.len && !p->bookmarks && !p->heads && !ward_str_eqz(s, "messages"))
		say(r, ward_conf_get(r->c, "gets"),
			WARD_TEXT("'%.*s' is nothing that a recipient gets\nwrite messages, "
				  "bookmarks for a video management system, or heads for a witness "
				  "of the ledger"),
			WARD_STR_ARG(s));
}

static void read_share(struct reader *r, struct ward_recipient *p)
{
	p->share = text(r, "for", false);
	p->tlp = text(r, "tlp", false);
	if (p->share.len && !ward_conf_is_id(p->share, WARD_RECIPIENT_ID))
		say(r, ward_conf_get(r->c, "for"),
			WARD_TEXT("'%.*s' is nobody with whom anything is shared\nname a recipient "
				  "of sharing.yml, such as csirt"),
			WARD_STR_ARG(p->share));
	enum ward_tlp tlp;

	if (p->tlp.len && !ward_tlp_parse(p->tlp, &tlp))
		say(r, ward_conf_get(r->c, "tlp"),
			WARD_TEXT("'%.*s' is no marking\nwrite clear, green, amber, amber+strict "
				  "or red"),
			WARD_STR_ARG(p->tlp));
}

static void read_one(struct reader *r, const struct ward_conf *c)
{
	static const char *const keys[] = {"id", "name", "secret_file", "certificate", "language",
		"level", "kinds", "places", "threats", "services", "exercise", "gets", "for", "tlp",
		"acknowledge", "then", "taken", "test", "heartbeat", "roles", "person", "every",
		"at_most_each",
#define X(NAME, key, program) key,
		WARD_CHANNEL_LIST(X)
#undef X
#define X(NAME, key) key,
			WARD_DETAIL_LIST(X)
#undef X
				NULL};
	struct ward_recipient p = {.line = c->line};
	size_t before = r->in->diag->n_error;

	r->c = c;
	if (c->kind != WARD_CONF_MAP) {
		say(r, c, WARD_TEXT("this is no recipient\nwrite `- id: …` with its keys below"));
		return;
	}
	ward_conf_only(c, keys, r->in->diag);
	p.place = ward_arena_array(&r->to->arena, WARD_RECIPIENT_PLACES, sizeof(*p.place));
	if (!p.place)
		r->err = WARD_ERR_NOMEM;
	read_id(r, &p);
	p.name = text(r, "name", false);
	p.name = p.name.len ? p.name : p.id;
	read_channel(r, &p);
	read_details(r, &p);
	read_language(r, &p);
	read_level(r, &p);
	read_gets(r, &p);
	read_share(r, &p);
	each(r, &p, "kinds", take_kind);
	p.kinds = p.kinds ? p.kinds : WARD_KINDS;
	if (!r->err)
		each(r, &p, "places", take_place);
	if (!r->err)
		r->err = ward_recipients_about_read(r->in, &r->to->arena, c, &p);
	(void)ward_conf_bool(c, "exercise", false, r->in->diag, &p.exercise);
	p.bounded = ward_conf_get(c, "level") || ward_conf_get(c, "kinds") ||
		    ward_conf_get(c, "places") || ward_conf_get(c, "threats") ||
		    ward_conf_get(c, "services");
	if (!r->err)
		r->err = ward_recipients_ladder_read(r->in, &r->to->arena, c, &p);
	if (!r->err)
		r->err = ward_recipients_role_read(r->in, &r->to->arena, c, &p);
	read_secret(r, &p);
	p.exercise |= p.channel == WARD_CHANNEL_PLAYED;
	if (p.channel == WARD_CHANNEL_MQTT || p.channel == WARD_CHANNEL_SYSLOG)
		read_client(r, &p);
	if (p.channel == WARD_CHANNEL_MQTT)
		read_broker(r);
	if (p.channel == WARD_CHANNEL_TICKET)
		read_tickets(r, &p);
	if (p.detail[WARD_DETAIL_SENDS].len)
		read_standard(r);
	ward_recipients_witness_read(r->in, c, &p);
	if (!p.heads)
		ward_recipients_available_read(r->in, c, &p);
	if (r->in->diag->n_error != before || r->err)
		return;
	if (r->to->n == WARD_RECIPIENTS_MAX)
		say(r, c,
			WARD_TEXT("more than %d recipients\nlet one of them hand on what it gets"),
			WARD_RECIPIENTS_MAX);
	else
		r->to->r[r->to->n++] = p;
}

static void read_all(struct reader *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"recipients", NULL};

	for (const struct ward_conf *d = docs->child; d; d = d->next) {
		const struct ward_conf *list = ward_conf_get(d, "recipients");

		if (!list || list->kind != WARD_CONF_SEQ) {
			say(r, d,
				WARD_TEXT("the file holds no list of recipients\nbegin with "
					  "`recipients:`"));
			continue;
		}
		ward_conf_only(d, keys, r->in->diag);
		for (const struct ward_conf *c = list->child; c && !r->err; c = c->next)
			read_one(r, c);
	}
}

enum ward_err ward_recipients_read(const struct ward_recipients_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_recipients *ret)
{
	struct reader r = {.in = in, .to = ret, .near_budget = NEAR_BUDGET};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena tree;

	*ret = (struct ward_recipients){.n = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ward_arena_init(&tree, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 8);
	enum ward_err err = ward_conf_yaml(&tree, in->lim, file, bytes, in->diag, &docs);

	if (!err)
		read_all(&r, docs);
	if (!err && !r.err && in->diag->n_error == before)
		ward_recipients_ladder_check(in, file, ret);
	ward_arena_fini(&tree);
	if (err || r.err)
		return err ? err : r.err;
	return in->diag->n_error == before ? WARD_OK : WARD_ERR_CONFIG;
}

void ward_recipients_free(struct ward_recipients *r)
{
	ward_arena_fini(&r->arena);
	r->n = 0;
}
