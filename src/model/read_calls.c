#include "model/load.h"

#include "event/plan.h"
#include "base/degrees.h"
#include "model/addr.h"

enum { KEY_MAX = 128, NUMBER_MAX = 64, PEERS_MAX = 64, SUPERVISED_MAX = 256 };
static const ward_ns silence_min = 10 * WARD_NS_PER_S, silence_max = 7 * 86400 * WARD_NS_PER_S;

/* Of the words under a key one text with blanks between them. */
static struct ward_str joined(struct ward_load *l, const struct ward_words *w)
{
	struct ward_str all = WARD_STR("");
	size_t len = 0;

	for (size_t i = 0; i < w->n; i++)
		len += w->at[i].s.len + 1;
	char *p = len ? ward_arena_array(&l->m->arena, len, 1) : NULL;
	struct ward_wr to = ward_wr_fixed(p, p ? len : 0);

	if (len && !p)
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
	for (size_t i = 0; p && i < w->n; i++) {
		ward_wr_z(&to, i ? " " : "");
		ward_wr_str(&to, w->at[i].s);
	}
	return p ? ward_wr_text(&to) : all;
}

static void peers(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	struct ward_words w = ward_load_words(l, c, "peers");

	for (size_t i = 0; i < w.n; i++) {
		struct ward_addr a;
		struct ward_cidr net;
		bool bits = false;

		if (!ward_addr_parse(w.at[i].s, &a) &&
			(!ward_addr_cidr(w.at[i].s, &net, &bits) || bits))
			ward_load_error(l, c,
				WARD_TEXT("'peers' has '%.*s', which is no address and no "
					  "network\nwrite "
					  "10.20.30.5 or 10.20.30.0/24"),
				WARD_STR_ARG(w.at[i].s));
	}
	if (!w.n)
		ward_load_error(l, c,
			WARD_TEXT("a sip source hears nobody\nadd `peers: [10.20.30.0/24]`, the "
				  "addresses of "
				  "the telephone system or the devices that call"));
	if (w.n > PEERS_MAX)
		ward_load_error(l, c, WARD_TEXT("'peers' has more than %d entries\nwrite networks"),
			PEERS_MAX);
	s->peers = joined(l, &w);
}

static void supervised(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	struct ward_words w = ward_load_words(l, c, "supervised");

	s->supervised = joined(l, &w);
	if (w.n > SUPERVISED_MAX)
		ward_load_error(l, c,
			WARD_TEXT("'supervised' has more than %d numbers\ngive some to a source of "
				  "their own"),
			SUPERVISED_MAX);
	for (size_t i = 0; i < w.n; i++)
		if (w.at[i].s.len > NUMBER_MAX)
			ward_load_error(l, c,
				WARD_TEXT("'supervised' has a number of more than %d letters\n"
					  "write what stands before the '@' of its address"),
				NUMBER_MAX);
	(void)ward_conf_duration(c, "silence", false, l->diag, &s->silence);
	if (ward_conf_get(c, "silence") && (s->silence < silence_min || s->silence > silence_max))
		ward_load_error(l, c,
			WARD_TEXT("'silence' is not 10s to 7d\nwrite after how long without a word "
				  "a device "
				  "is told as silent"));
	if (w.n && !s->silence)
		ward_load_error(l, c,
			WARD_TEXT("'supervised' has numbers, and nothing says when they are "
				  "silent\nadd "
				  "`silence: 10min`, a few times as long as their own interval"));
}

static void place(struct ward_load *l, const struct ward_conf *c, struct ward_source_place *to,
	struct ward_source *s)
{
	static const uint32_t kinds =
		1u << WARD_NODE_ROOM | 1u << WARD_NODE_DOOR | 1u << WARD_NODE_ASSET;
	struct ward_geo g;

	if (c->kind != WARD_CONF_SCALAR) {
		ward_load_error(l, c,
			WARD_TEXT("'map' has more than one place for '%.*s'\nwrite `%.*s: ROOM`"),
			WARD_STR_ARG(c->key), WARD_STR_ARG(c->key));
		return;
	}
	if (!c->key.len || c->key.len > KEY_MAX) {
		ward_load_error(l, c,
			WARD_TEXT("'map' has a key of no or more than %d letters\nwrite a number, "
				  "a beacon, a base station or geo:LATITUDE,LONGITUDE;u=METRES"),
			KEY_MAX);
		return;
	}
	if (ward_str_starts(c->key, WARD_STR("geo:")) && !ward_geo_parse(c->key, &g)) {
		ward_load_error(l, c,
			WARD_TEXT("'map' has '%.*s', which is no circle on earth\nwrite "
				  "geo:LATITUDE,LONGITUDE;u=METRES, as in geo:45.0703,7.6869;u=15"),
			WARD_STR_ARG(c->key));
		return;
	}
	for (size_t i = 0; i < c->key.len; i++)
		if (c->key.p[i] >= 0 && c->key.p[i] < ' ') {
			ward_load_error(l, c,
				WARD_TEXT("'map' has a key with a tab or the end of a line\nremove "
					  "it"));
			return;
		}
	to->node = ward_load_node_of(l, c, "map", (struct ward_word){c->text, c->line}, kinds);
	to->key = ward_load_keep(l, c->key);
	if (to->node != WARD_NONE)
		s->n_place++;
}

static void places(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	const struct ward_conf *map = ward_conf_get(c, "map");

	if (!map)
		return;
	if (map->kind != WARD_CONF_MAP || map->n_child > WARD_SOURCE_PLACES) {
		ward_load_error(l, map,
			WARD_TEXT("'map' is no list of at most %d places\nwrite `map: {\"4711\": "
				  "ROOM, "
				  "beacon-7: ROOM}`"),
			WARD_SOURCE_PLACES);
		return;
	}
	s->place = ward_arena_array(&l->m->arena, map->n_child, sizeof(*s->place));
	if (!s->place) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return;
	}
	for (const struct ward_conf *p = map->child; p; p = p->next)
		place(l, p, &s->place[s->n_place], s);
}

void ward_read_plan(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	struct ward_plan_prefix prefix;

	s->plan = ward_load_line(l, c, "plan", false);
	if (s->plan.len && !ward_str_eqz(s->kind, "sensor"))
		ward_load_error(l, c,
			WARD_TEXT("'plan' is of sensors on other machines\nremove it, or write "
				  "`kind: sensor`"));
	else if (s->plan.len && !ward_plan_prefix_parse(s->plan, &prefix))
		ward_load_error(l, c,
			WARD_TEXT(
				"'plan' has the bad value '%.*s'\nwrite a prefix of 96 bits out of "
				"fc00::/7 that only this site has, like fd12:3456:789a:2::/96"),
			WARD_STR_ARG(s->plan));
}

void ward_read_calls(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	static const char *const key[] = {
		"peers", "supervised", "silence", "answer", "register", "login", "map"};
	static const char *const answer[] = {"accept", "decline"};
	static const char *const login[] = {"both", "md5", "sha-256"};
	size_t sum = 0;

	if (!ward_str_eqz(s->kind, "sip")) {
		for (size_t i = 0; i < WARD_ARRAY_LEN(key); i++)
			if (ward_conf_get(c, key[i]))
				ward_load_error(l, c,
					WARD_TEXT("'%s' is of calls\nremove it, or write `kind: "
						  "sip` and "
						  "`where: sip-listen:ADDR:5060`"),
					key[i]);
		return;
	}
	if (ward_str_starts(s->where, WARD_STR("sip-listen:0.0.0.0:")) ||
		ward_str_starts(s->where, WARD_STR("sip-listen:[::]:")))
		ward_load_error(l, c,
			WARD_TEXT(
				"'where' names every address of the machine, and callers are told "
				"one\nwrite the "
				"address by which they reach Ward, as in "
				"sip-listen:10.20.0.5:5060"));
	peers(l, c, s);
	supervised(l, c, s);
	places(l, c, s);
	if (ward_conf_get(c, "answer"))
		s->declines = ward_load_word_of(l, c, "answer", answer, 2) == 1;
	if (ward_conf_get(c, "login"))
		sum = ward_load_word_of(l, c, "login", login, WARD_ARRAY_LEN(login));
	s->login_md5 = sum != 2;
	s->login_sha = sum != 1;
	(void)ward_conf_bool(c, "register", false, l->diag, &s->registers);
	if (s->user.len && !s->password_file.len)
		ward_load_error(l, c,
			WARD_TEXT("'user' has no password\nadd `password_file: FILE`, whose first "
				  "line it "
				  "is, or "
				  "remove 'user'"));
	if (s->registers && !s->password_file.len)
		ward_load_warn(l, c,
			WARD_TEXT(
				"whoever has an address of `peers` can register as any device\nadd "
				"`password_file: FILE`"));
}
