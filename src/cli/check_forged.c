#include "cli/check_forged.h"

#include "model/addr.h"

/* "udp:ADDR:PORT", "tcp:…", or "tls:…" of no clients, and not at the loopback: there only this
 * machine's programs speak. */
static bool is_open(const struct ward_source *s)
{
	static const uint8_t v6[16] = {[15] = 1}, mapped[13] = {[10] = 0xff, 0xff, 127};
	struct ward_str at = s->where;
	struct ward_addr a;

	struct ward_str way = ward_str_cut(&at, ':');

	if (!ward_str_eqz(way, "udp") && !ward_str_eqz(way, "tcp") &&
		(!ward_str_eqz(way, "tls") || s->clients.len))
		return false;
	while (at.len && at.p[at.len - 1] != ':')
		at.len--;
	at.len -= at.len > 0;
	if (at.len > 1 && at.p[0] == '[')
		at = ward_str_sub(at, 1, at.len - 2);
	return !ward_addr_parse(at, &a) ||
	       (memcmp(a.b, v6, sizeof(v6)) != 0 && memcmp(a.b, mapped, sizeof(mapped)) != 0);
}

/* A cold store that stands in the room; WARD_NONE. */
static uint32_t store_in(const struct ward_model *m, uint32_t room)
{
	uint32_t class =
		ward_ontology_find(ward_model_ontology(m), WARD_STR("device.building.cold-store"));

	for (uint32_t i = 0; class != WARD_NONE && i < ward_model_n(m); i++)
		if (ward_model_is(m, i, class) && ward_model_up(m, i, WARD_NODE_ROOM) == room)
			return i;
	return WARD_NONE;
}

static uint32_t store_behind(const struct ward_model *m, uint32_t door)
{
	uint32_t store = WARD_NONE;
	size_t n;
	const struct ward_rel *r = ward_model_out(m, door, &n);

	for (size_t i = 0; i < n && store == WARD_NONE; i++)
		if (r[i].type == WARD_REL_LEADS_TO &&
			ward_model_node(m, r[i].node)->kind == WARD_NODE_ROOM)
			store = store_in(m, r[i].node);
	return store;
}

/* What it watches is a door, or controls some. */
static uint32_t store_of(const struct ward_model *m, uint32_t watched)
{
	uint32_t store = WARD_NONE;
	size_t n;
	const struct ward_rel *r = ward_model_out(m, watched, &n);

	if (ward_model_node(m, watched)->kind == WARD_NODE_DOOR)
		return store_behind(m, watched);
	for (size_t i = 0; i < n && store == WARD_NONE; i++)
		if (r[i].type == WARD_REL_CONTROLS &&
			ward_model_node(m, r[i].node)->kind == WARD_NODE_DOOR)
			store = store_behind(m, r[i].node);
	return store;
}

static void warn(const struct ward_model *m, const struct ward_source *s, uint32_t store,
	struct ward_diag *d)
{
	struct ward_str name = ward_model_node(m, store)->name;

	ward_diag_addf(d, WARD_DIAG_WARNING, s->file, s->line,
		WARD_TEXT("source '%.*s': who can send to its address can say that somebody "
			  "came by badge, and an alarm of '%.*s' then waits up to 17 minutes\n"
			  "receive by TLS, with `clients`, or on this machine's loopback alone "
			  "what a relay hands on that knows who sends"),
		WARD_STR_ARG(s->id), WARD_STR_ARG(name));
}

void ward_cli_check_forged(const struct ward_model *m, struct ward_diag *d)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(m, &n);

	for (size_t i = 0; i < n; i++) {
		uint32_t store = WARD_NONE;

		for (size_t k = 0; is_open(&s[i]) && k < s[i].n_watches && store == WARD_NONE; k++)
			store = store_of(m, s[i].watches[k]);
		if (store != WARD_NONE)
			warn(m, &s[i], store, d);
	}
}
