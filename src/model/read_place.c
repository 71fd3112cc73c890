#include "model/load.h"

#define KIND(k) (1u << WARD_NODE_##k)

static bool is_country(struct ward_str s)
{
	return s.len == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

/* Area/City as in the IANA time-zone database; which zones exist is not known here. */
static bool is_timezone(struct ward_str s)
{
	if (ward_str_eqz(s, "UTC"))
		return true;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && !(c >= '0' && c <= '9') && !strchr("/_-+", c))
			return false;
	}
	return s.len > 2 && ward_str_find(s, WARD_STR("/")) != SIZE_MAX;
}

/* What cameras saw of an incident, for whoever has the evidence key. */
static void read_clips(struct ward_load *l, const struct ward_conf *c, struct ward_hospital *h)
{
	static const char *const known[] = {
		"key", "before", "after", "keep", "files", "hand_out", NULL};
	const struct ward_conf *clips = ward_conf_get(c, "clips");

	h->clips_before = h->clips_after = 20 * WARD_NS_PER_S;
	h->clips_keep = 72 * 3600 * WARD_NS_PER_S;
	h->hand_out = 2;
	if (!clips)
		return;
	if (clips->kind != WARD_CONF_MAP) {
		ward_load_error(
			l, clips, WARD_TEXT("'clips' is no map\nwrite clips: {key: evidence.pub}"));
		return;
	}
	ward_conf_only(clips, known, l->diag);
	h->clips_key = ward_load_line(l, clips, "key", true);
	struct ward_str people = ward_load_line(l, clips, "hand_out", false);

	if (people.len && !ward_str_eqz(people, "1") && !ward_str_eqz(people, "2"))
		ward_load_error(l, clips,
			WARD_TEXT("'hand_out' says how many people have to agree that evidence "
				  "is handed out\nwrite 2, or 1 where the law asks for no second"));
	h->hand_out = ward_str_eqz(people, "1") ? 1 : 2;
	(void)ward_conf_duration(clips, "before", false, l->diag, &h->clips_before);
	(void)ward_conf_duration(clips, "after", false, l->diag, &h->clips_after);
	(void)ward_conf_duration(clips, "keep", false, l->diag, &h->clips_keep);
	(void)ward_conf_duration(clips, "files", false, l->diag, &h->files_keep);
	if (h->clips_before < WARD_NS_PER_S || h->clips_before > 120 * WARD_NS_PER_S ||
		h->clips_after < WARD_NS_PER_S || h->clips_after > 120 * WARD_NS_PER_S)
		ward_load_error(l, clips,
			WARD_TEXT("'before' and 'after' are too short or too long\n"
				  "write 1s to 120s"));
	if (h->clips_keep < 60 * WARD_NS_PER_S || h->clips_keep > 30 * 24 * 3600 * WARD_NS_PER_S)
		ward_load_error(
			l, clips, WARD_TEXT("'keep' is too short or too long\nwrite 1min to 30d"));
	if (h->files_keep && (h->files_keep < 60 * WARD_NS_PER_S ||
				     h->files_keep > 30 * 24 * 3600 * WARD_NS_PER_S))
		ward_load_error(l, clips,
			WARD_TEXT(
				"'files' is too short or too long\nwrite 1min to 30d, or leave it "
				"out: suspicious files are not kept then"));
}

/* What stands in it the room `quorum` judges. */
static void read_journal(struct ward_load *l, const struct ward_conf *c, struct ward_hospital *h)
{
	const struct ward_conf *said = ward_conf_get(c, "journal");

	h->journal = ward_load_line(l, c, "journal", false);
	h->journal_password_file = ward_load_line(l, c, "journal_password_file", false);
	h->journal_trust = ward_load_line(l, c, "journal_trust", false);
	h->journal_file = ward_load_keep(l, c->file);
	h->journal_line = said ? said->line : c->line;
	if (!h->journal.len && (h->journal_password_file.len || h->journal_trust.len))
		ward_load_error(l, c,
			WARD_TEXT(
				"'journal_password_file' and 'journal_trust' are about 'journal', "
				"and there is none\nadd it, or leave these out"));
}

void ward_read_hospital(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	struct ward_hospital *h = &l->m->hospital;
	struct ward_words languages;
	struct ward_str id;

	(void)r;
	if (l->hospital_line) {
		ward_load_error(l, c,
			WARD_TEXT("the hospital is described twice: %.*s:%u does too\nkeep one of "
				  "the two"),
			WARD_STR_ARG(l->hospital_file), l->hospital_line);
		return;
	}
	l->hospital_line = c->line;
	l->hospital_file = c->file;
	if (ward_word_id(c, "id", l->diag, &id))
		h->id = ward_load_keep(l, id);
	h->name = ward_load_name(l, c, true);
	h->city = ward_load_line(l, c, "city", true);
	h->country = ward_load_line(l, c, "country", true);
	h->timezone = ward_load_line(l, c, "timezone", true);
	(void)ward_conf_bool(c, "synthetic", false, l->diag, &h->synthetic);
	(void)ward_conf_bool(c, "baselines", false, l->diag, &h->baselines);
	h->staff_agreement = ward_load_line(l, c, "staff_agreement", false);
	read_clips(l, c, h);
	read_journal(l, c, h);
	languages = ward_load_words(l, c, "languages");
	if (languages.n > WARD_HOSPITAL_LANGUAGES)
		ward_load_error(l, c,
			WARD_TEXT("more than %d languages\nkeep those that are spoken most"),
			WARD_HOSPITAL_LANGUAGES);
	for (size_t i = 0; i < languages.n && i < WARD_HOSPITAL_LANGUAGES; i++)
		h->languages[h->n_languages++] = ward_load_keep(l, languages.at[i].s);
	if (languages.n)
		h->language = h->languages[0];
	if (h->country.len && !is_country(h->country))
		ward_load_error(l, c,
			WARD_TEXT("the country '%.*s' is no ISO 3166 code\nwrite it as IT"),
			WARD_STR_ARG(h->country));
	if (h->timezone.len && !is_timezone(h->timezone))
		ward_load_error(l, c,
			WARD_TEXT("the time zone '%.*s' is no IANA name\nwrite it as Europe/Rome"),
			WARD_STR_ARG(h->timezone));
}

void ward_read_site(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	(void)l;
	(void)r;
	(void)c;
}

static uint32_t put_in(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c,
	const char *key, bool required, uint32_t kinds)
{
	uint32_t place = ward_load_ref(l, c, key, required, kinds);

	l->m->node[r->index].parent = place;
	ward_load_edge(l, c, WARD_REL_CONTAINS, place, r->index);
	return place;
}

void ward_read_building(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	(void)put_in(l, r, c, "site", true, KIND(SITE));
}

void ward_read_floor(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	int64_t level = 0;

	(void)put_in(l, r, c, "building", true, KIND(BUILDING));
	(void)ward_conf_i64(c, "level", true, l->diag, -50, 500, &level);
	l->m->node[r->index].level = (int32_t)level;
}

void ward_read_zone(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	static const char *const name[] = {
		"public", "clinical", "staff", "restricted", "technical"};
	size_t kind = ward_load_word_of(l, c, "kind", name, WARD_ARRAY_LEN(name));

	_Static_assert(WARD_ZONE_PUBLIC == 1 && WARD_ZONE_TECHNICAL == 5, "order of the names");
	if (kind < WARD_ARRAY_LEN(name))
		l->m->node[r->index].zone_kind = (enum ward_zone_kind)(kind + 1);
}

void ward_read_room(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	int64_t metres = 0;

	(void)put_in(l, r, c, "floor", true, KIND(FLOOR));
	l->m->node[r->index].zone = ward_load_ref(l, c, "zone", false, KIND(ZONE));
	(void)ward_conf_i64(c, "metres", false, l->diag, 1, 10000, &metres);
	l->m->node[r->index].metres = (uint32_t)metres;
	ward_load_open(l, c, r->index);
}

/* reader:R-117 door:D-9 */
static void keys(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	static const enum ward_key_kind may[] = {WARD_KEY_READER, WARD_KEY_DOOR, WARD_KEY_CAMERA,
		WARD_KEY_SENSOR, WARD_KEY_BACNET, WARD_KEY_HOST, WARD_KEY_SERIAL};
	struct ward_words w = ward_load_words(l, c, "keys");

	for (size_t i = 0; i < w.n; i++) {
		struct ward_str rest = w.at[i].s, kind = ward_str_cut(&rest, ':');
		uint64_t instance;
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(may) && !ward_str_eqz(kind, ward_key_kind_name(may[k])))
			k++;
		if (!ward_conf_is_line(w.at[i].s))
			ward_load_error(l, c,
				WARD_TEXT("'%s' holds ends of lines or control characters\nwrite "
					  "it in one line"),
				"keys");
		else if (k == WARD_ARRAY_LEN(may) || !rest.len)
			ward_load_error(l, c,
				WARD_TEXT("'%.*s' is no key\nwrite kind:name; kinds are reader, "
					  "door, "
					  "camera, sensor, bacnet, host, serial"),
				WARD_STR_ARG(w.at[i].s));
		/* ASHRAE 135 12.11.1: an instance has 22 bits, and 4194303 names no device. */
		else if (may[k] == WARD_KEY_BACNET &&
			 (!ward_str_u64(rest, &instance) || instance >= 4194303 ||
				 (rest.len > 1 && rest.p[0] == '0')))
			ward_load_error(l, c,
				WARD_TEXT("'%.*s' is no BACnet device instance\nwrite a number "
					  "from 0 to "
					  "4194302"),
				WARD_STR_ARG(rest));
		else
			ward_load_key(l, c, may[k], rest, r->index);
	}
}

void ward_read_door(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	uint32_t from = ward_load_ref(l, c, "from", true, KIND(ROOM));
	uint32_t to = ward_load_ref(l, c, "to", true, KIND(ROOM));
	bool one_way = false;

	(void)ward_conf_bool(c, "one_way", false, l->diag, &one_way);
	if (from != WARD_NONE && from == to) {
		ward_load_error(l, c,
			WARD_TEXT("door '%.*s' leads from '%.*s' to the same room\nname the two "
				  "rooms that "
				  "it parts"),
			WARD_STR_ARG(l->m->node[r->index].id), WARD_STR_ARG(l->m->node[from].id));
		to = WARD_NONE;
	}
	l->m->node[r->index].parent = to != WARD_NONE ? to : from;
	ward_load_edge(l, c, WARD_REL_LEADS_TO, from, r->index);
	ward_load_edge(l, c, WARD_REL_LEADS_TO, r->index, to);
	if (!one_way) {
		ward_load_edge(l, c, WARD_REL_LEADS_TO, to, r->index);
		ward_load_edge(l, c, WARD_REL_LEADS_TO, r->index, from);
	}
	keys(l, r, c);
	ward_load_open(l, c, r->index);
}

void ward_read_role(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	l->m->node[r->index].reach = ward_load_line(l, c, "reach", false);
}

uint32_t ward_load_prefix(struct ward_load *l, const struct ward_conf *c, struct ward_word w,
	struct ward_prefixes *to, uint32_t index)
{
	struct ward_cidr cidr;
	struct ward_place at = {c->file, w.line};
	bool host_bits, new;
	void *v;

	if (!ward_addr_cidr(w.s, &cidr, &host_bits)) {
		ward_load_error(l, &at, WARD_TEXT("'%.*s' is no network\nwrite it as 10.20.0.0/16"),
			WARD_STR_ARG(w.s));
		return WARD_NONE;
	}
	if (host_bits) {
		char buf[46];
		struct ward_str text = ward_addr_text(&cidr.ip, buf);

		ward_load_error(l, &at,
			WARD_TEXT("'%.*s' has bits set after its prefix\nwrite %.*s/%u"),
			WARD_STR_ARG(w.s), WARD_STR_ARG(text),
			memchr(text.p, ':', text.len) ? cidr.len : cidr.len - 96u);
		return WARD_NONE;
	}
	struct ward_prefix key = {.len = cidr.len};

	memcpy(key.b, cidr.ip.b, sizeof(key.b));
	if (!ward_load_ok(l, ward_tab_put(&to->tab, &key, &v, &new), "model.nodes"))
		return WARD_NONE;
	uint32_t *other = v;

	if (!new)
		return *other;
	*other = index;
	to->lengths[cidr.len / 64] |= (uint64_t)1 << (cidr.len % 64);
	return WARD_NONE;
}

void ward_load_prefix_twice(
	struct ward_load *l, const struct ward_conf *c, struct ward_word w, struct ward_str other)
{
	struct ward_place at = {c->file, w.line};

	ward_load_error(l, &at,
		WARD_TEXT("the network %.*s is there twice: '%.*s' has it\ncorrect one of the two"),
		WARD_STR_ARG(w.s), WARD_STR_ARG(other));
}

void ward_read_network(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	struct ward_words w = ward_load_words(l, c, "cidr");
	struct ward_str iface;
	int64_t vlan = 0;

	if (!ward_conf_get(c, "cidr"))
		ward_load_error(l, c,
			WARD_TEXT("'cidr' is missing\nadd `cidr: [10.20.0.0/16]`, or `cidr: []` if "
				  "it is no "
				  "IP network"));
	for (size_t i = 0; i < w.n && !l->err; i++) {
		uint32_t other = ward_load_prefix(l, c, w.at[i], &l->m->networks, r->index);

		if (other != WARD_NONE)
			ward_load_prefix_twice(l, c, w.at[i], l->m->node[other].id);
	}
	(void)ward_conf_i64(c, "vlan", false, l->diag, 1, 4094, &vlan); /* IEEE 802.1Q 9.6 */
	l->m->node[r->index].vlan = (uint32_t)vlan;
	if (ward_conf_str(c, "iface", false, l->diag, &iface))
		ward_load_key(l, c, WARD_KEY_IFACE, iface, r->index);
}

void ward_read_asset(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	struct ward_node *n = &l->m->node[r->index];
	struct ward_words ip = ward_load_words(l, c, "ip"), mac = ward_load_words(l, c, "mac");
	int64_t criticality = 0;

	(void)put_in(l, r, c, "room", false, KIND(ROOM));
	n->network = ward_load_ref(l, c, "network", false, KIND(NETWORK));
	ward_load_edge(l, c, WARD_REL_CONNECTS, n->network, r->index);
	for (size_t i = 0; i < ip.n; i++)
		ward_load_key(l, c, WARD_KEY_IP, ip.at[i].s, r->index);
	for (size_t i = 0; i < mac.n; i++)
		ward_load_key(l, c, WARD_KEY_MAC, mac.at[i].s, r->index);
	keys(l, r, c);
	n->vendor = ward_load_line(l, c, "vendor", false);
	n->product = ward_load_line(l, c, "model", false);
	(void)ward_conf_i64(c, "criticality", false, l->diag, 1, 5, &criticality);
	n->criticality = (uint32_t)criticality;
	ward_load_hours(l, c, r->index);
	ward_load_outage_times(l, c, r->index);
}
