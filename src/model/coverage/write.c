/* The table for people, and the same as JSON lines. */
#include "model/coverage/priv.h"

static void times(struct ward_wr *w, const struct ward_cover_span *s)
{
	ward_time_write(w, s->first - s->first % WARD_NS_PER_S);
	ward_wr_z(w, "  ");
	ward_time_write(w, s->last - s->last % WARD_NS_PER_S);
}

enum { PLAIN = 256, HOW = 12 /* columns */ };

/* Names of sources, protocols and formats come out of event lines: on a terminal none of them may
 * act. Controls and what is no ASCII beside one show as question marks. */
static struct ward_str plain(struct ward_str s, char ret[PLAIN])
{
	size_t n = s.len < PLAIN ? s.len : PLAIN;
	bool control = false;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.p[i], next = i + 1 < s.len ? (uint8_t)s.p[i + 1] : 0;

		control |= c < ' ' || c == 0x7f || (c == 0xc2 && next < 0xa0);
	}
	if (!control)
		return s;
	for (size_t i = 0; i < n; i++)
		ret[i] = (char)(s.p[i] >= ' ' && s.p[i] <= '~' ? s.p[i] : '?');
	return (struct ward_str){ret, n};
}

/* Permille of TCP bytes that peers acknowledged and the source did not have; of the minutes in
 * which it said so. */
static uint64_t missed(const struct ward_cover_source *s)
{
	double all = (double)s->seen_bytes + (double)s->unseen_bytes;

	return all > 0 ? (uint64_t)((double)s->unseen_bytes * 1000 / all) : 0;
}

/* A table that is being written: of what, in which language (NULL: English), where to. */
struct table {
	const struct ward_coverage *c;
	struct ward_lang *lang;
	struct ward_wr *w;
};

enum { NUMBER = 24 };

static struct ward_str digits(uint64_t n, char ret[NUMBER])
{
	struct ward_wr w = ward_wr_fixed(ret, NUMBER);

	ward_wr_u64(&w, n);
	return ward_wr_text(&w);
}

/* A text whose slots are numbers: {n}, {of}. */
static void say(const struct table *t, const char *english, uint64_t n, uint64_t of)
{
	char text[2][NUMBER];

	WARD_SAY(t->w, t->lang, english, {"n", digits(n, text[0])}, {"of", digits(of, text[1])});
}

/* The same, as one more of a row's remarks. */
static void remark(const struct table *t, const char *english, uint64_t n, uint64_t of)
{
	ward_say_semicolon(t->w, t->lang);
	say(t, english, n, of);
}

/* How many of so many characters a text leaves. */
static int left(struct ward_str s, int wide)
{
	for (size_t i = 0; i < s.len; i++)
		wide -= wide && ((uint8_t)s.p[i] & 0xc0) != 0x80;
	return wide;
}

/* A word in a column of so many characters, two blanks behind it. */
static void cell(const struct table *t, const char *english, int wide)
{
	struct ward_str s = ward_lang_text(t->lang, ward_str_z(english));

	ward_wr_str(t->w, s);
	ward_wr_printf(t->w, "%*s  ", left(s, wide), "");
}

/* The same over numbers, which stand at the right. */
static void number_cell(const struct table *t, const char *english, int wide)
{
	struct ward_str s = ward_lang_text(t->lang, ward_str_z(english));

	ward_wr_printf(t->w, "%*s%.*s  ", left(s, wide), "", WARD_STR_ARG(s));
}

/* Flows of others are partial sight: by whom, and whether the source gave anything else. */
static void told_by(const struct table *t, const struct ward_cover_source *s)
{
	const char *before = " (";
	char text[PLAIN];

	ward_say_semicolon(t->w, t->lang);
	ward_say(t->w, t->lang,
		s->flows_told == s->events ? WARD_TEXT("flows only") : WARD_TEXT("flows told"));
	for (uint32_t i = 0; i < t->c->formats.n; i++) {
		if (!(s->formats >> i & 1))
			continue;
		ward_wr_z(t->w, before);
		ward_wr_str(t->w, plain(ward_intern_at(&t->c->formats, i), text));
		before = ", ";
	}
	if (before[0] == ',')
		ward_wr_ch(t->w, ')');
}

/* "eth0: the interface went down"; an interface has no blank in its name. */
static void say_reason(const struct table *t, struct ward_str reason)
{
	char text[PLAIN];
	size_t at = ward_str_find(reason, WARD_STR(": "));

	if (at != SIZE_MAX && at < ward_str_find(reason, WARD_STR(" "))) {
		ward_wr_str(t->w, plain(ward_str_sub(reason, 0, at), text));
		ward_say_colon(t->w, t->lang);
		reason = ward_str_sub(reason, at + 2, reason.len);
	}
	ward_wr_str(t->w, plain(ward_lang_text(t->lang, reason), text));
}

/* What is not in the table because this source did not have it. */
static void blind(const struct table *t, const struct ward_cover_source *s)
{
	bool first = true;

	if (s->unseen_bytes)
		remark(t, WARD_TEXT("missed {n} bytes of TCP ({of} of 1000 meanwhile)"),
			s->unseen_bytes, missed(s));
	if (s->lost_frames)
		remark(t, WARD_TEXT("{n} FRAMES WERE LOST"), s->lost_frames, 0);
	if (s->lost_events)
		remark(t, WARD_TEXT("{n} EVENTS WERE LOST"), s->lost_events, 0);
	if (s->reasons && !s->lost_frames && !s->lost_events)
		remark(t, WARD_TEXT("HEARD NOTHING FOR A WHILE"), 0, 0);
	for (uint32_t i = 0; i < t->c->reasons.n; i++) {
		if (!(s->reasons >> i & 1))
			continue;
		if (first)
			ward_wr_z(t->w, " (");
		else
			ward_say_semicolon(t->w, t->lang);
		say_reason(t, ward_intern_at(&t->c->reasons, i));
		first = false;
	}
	if (s->reasons)
		ward_wr_ch(t->w, ')');
	if (s->snapped)
		remark(t, WARD_TEXT("{n} packets cut by the snap length"), s->snapped, 0);
	if (s->undecoded)
		remark(t,
			s->flows ? WARD_TEXT("{n} PACKETS OF LINK TYPE {of} ARE NOT DECODED")
				 : WARD_TEXT("{n} PACKETS OF LINK TYPE {of} ARE NOT DECODED: "
					     "nothing is seen"),
			s->undecoded, s->link_type);
}

static void source_line(const struct table *t, const struct ward_cover_source *s, uint32_t i)
{
	char text[PLAIN];
	struct ward_str name = plain(ward_intern_at(&t->c->source, i), text);

	ward_wr_printf(t->w, "  %-16.*s  ", WARD_STR_ARG(name));
	times(t->w, &s->span);
	ward_wr_z(t->w, "  ");
	say(t, WARD_TEXT("{n} events, {of} flows"), s->events, s->flows);
	blind(t, s);
	if (s->flows_told)
		told_by(t, s);
	if (s->lost)
		remark(t, WARD_TEXT("{n} exports lost"), s->lost, 0);
	if (s->sent)
		remark(t, WARD_TEXT("{n} PACKETS WERE SENT BY ITS INTERFACE"), s->sent, 0);
	else if (s->live)
		remark(t, WARD_TEXT("sent nothing"), 0, 0);
	ward_wr_ch(t->w, '\n');
}

static void source_lines(const struct table *t)
{
	uint64_t n_flow = 0;

	ward_say(t->w, t->lang, WARD_TEXT("SOURCES"));
	ward_wr_ch(t->w, '\n');
	for (size_t i = 0; i < t->c->n_src; i++) {
		source_line(t, &t->c->src[i], (uint32_t)i);
		n_flow += t->c->src[i].flows;
	}
	if (t->c->n_src && n_flow)
		return;
	ward_wr_z(t->w, "  ");
	ward_say(t->w, t->lang,
		t->c->n_src ? WARD_TEXT("none of them tells of a network: nothing is known to be "
					"seen or unseen")
			    : WARD_TEXT("none: no event was read"));
	ward_wr_ch(t->w, '\n');
}

static void row_line(const struct table *t, const struct ward_cover_row *r)
{
	char proto_text[PLAIN], source_text[PLAIN];
	struct ward_str proto = plain(ward_intern_at(&t->c->proto, r->key.proto), proto_text);
	struct ward_str source = plain(ward_intern_at(&t->c->source, r->source), source_text);

	ward_wr_z(t->w, "  ");
	cell(t, ward_cover_word((enum ward_cover)r->key.how), HOW);
	ward_wr_printf(t->w, "%-18.*s  ", WARD_STR_ARG(proto));
	times(t->w, &r->span);
	ward_wr_printf(t->w, "  %8llu  %12llu  %.*s", (unsigned long long)r->packets,
		(unsigned long long)r->bytes, WARD_STR_ARG(source));
	if (r->others)
		ward_say(t->w, t->lang, WARD_TEXT(", others"));
	if (ward_cover_is_lossy(&t->c->src[r->source]))
		ward_say(t->w, t->lang, WARD_TEXT(", with losses"));
	if (r->one_sided)
		remark(t, WARD_TEXT("{n} of {of} on one side only"), r->one_sided, r->flows);
	ward_wr_ch(t->w, '\n');
}

/* Rows are sorted by network: the first one that is not before it. */
static size_t first_of(const struct ward_cover_row *row, size_t n, uint32_t net)
{
	size_t from = 0;

	while (from < n) {
		size_t mid = from + (n - from) / 2;

		if (row[mid].key.net < net)
			from = mid + 1;
		else
			n = mid;
	}
	return from;
}

static bool any_lossy(const struct ward_coverage *c)
{
	for (size_t i = 0; i < c->n_src; i++)
		if (ward_cover_is_lossy(&c->src[i]))
			return true;
	return false;
}

static void head_line(const struct table *t)
{
	ward_wr_z(t->w, "  ");
	cell(t, WARD_TEXT("SEEN"), HOW);
	cell(t, WARD_TEXT("PROTOCOL"), 18);
	cell(t, WARD_TEXT("SINCE"), 20);
	cell(t, WARD_TEXT("LAST"), 20);
	number_cell(t, WARD_TEXT("PACKETS"), 8);
	number_cell(t, WARD_TEXT("BYTES"), 12);
	ward_say(t->w, t->lang, WARD_TEXT("BY"));
	ward_wr_ch(t->w, '\n');
}

static void net_lines(
	const struct table *t, uint32_t net, const struct ward_cover_row *row, size_t n)
{
	size_t shown = 0;

	for (size_t i = first_of(row, n, net); i < n && row[i].key.net == net; i++) {
		if (!shown++)
			head_line(t);
		row_line(t, &row[i]);
	}
	if (shown)
		return;
	ward_wr_z(t->w, "  ");
	ward_say(t->w, t->lang,
		t->c->left_out ? WARD_TEXT("not in the table, which was full (below)")
			       : WARD_TEXT("not seen: no source shows any packet or flow of it"));
	if (any_lossy(t->c))
		remark(t, WARD_TEXT("it may have been in what was lost (above)"), 0, 0);
	ward_wr_ch(t->w, '\n');
}

enum { COLUMNS = 100, INDENT = 4 };

/* The ids of those that were not seen for one reason, over as many lines as they need. */
static void reason_lines(const struct table *t, uint32_t network, const char *reason)
{
	size_t column = 0;
	uint32_t of;

	for (uint32_t i = 0; i < ward_model_n(t->c->model); i++) {
		struct ward_str id = ward_model_node(t->c->model, i)->id;

		if (!ward_cover_is_asset(t->c, i, &of) || of != network || t->c->heard[i] ||
			ward_cover_reason(t->c, i, of) != reason)
			continue;
		if (!column) {
			ward_wr_z(t->w, "  ");
			WARD_SAY(t->w, t->lang, WARD_TEXT("assets not seen: {why}:"),
				{"why", ward_lang_text(t->lang, ward_str_z(reason))});
		}
		if (!column || column + 1 + id.len > COLUMNS) {
			ward_wr_z(t->w, "\n   ");
			column = INDENT - 1;
		}
		ward_wr_ch(t->w, ' ');
		ward_wr_str(t->w, id);
		column += 1 + id.len;
	}
	if (column)
		ward_wr_ch(t->w, '\n');
}

static void asset_lines(const struct table *t, uint32_t network)
{
	const char *reason;

	for (size_t i = 0; (reason = ward_cover_reason_at(i)) != NULL; i++)
		reason_lines(t, network, reason);
}

static void assets_summary(const struct table *t, uint32_t network)
{
	struct ward_cover_assets a = ward_cover_assets(t->c, network);

	say(t, WARD_TEXT("{n} of {of} assets seen"), a.heard, a.n);
	if (a.heard_flow)
		say(t, WARD_TEXT(", {n} of them as flows only"), a.heard_flow, 0);
	if (a.heard < a.n)
		remark(t, WARD_TEXT("a mirror here would add up to {n}"), a.n - a.heard, 0);
	ward_wr_ch(t->w, '\n');
}

static bool is_network(const struct ward_coverage *c, uint32_t node)
{
	return ward_model_node(c->model, node)->kind == WARD_NODE_NETWORK;
}

static void model_lines(const struct table *t, const struct ward_cover_row *row, size_t n, bool ids)
{
	for (uint32_t i = 0; i < ward_model_n(t->c->model); i++) {
		const struct ward_node *node = ward_model_node(t->c->model, i);

		if (!is_network(t->c, i))
			continue;
		ward_wr_printf(t->w, "\n%.*s", WARD_STR_ARG(node->id));
		if (node->vlan)
			ward_wr_printf(t->w, " (VLAN %u)", node->vlan);
		ward_say_colon(t->w, t->lang);
		assets_summary(t, i);
		net_lines(t, ward_intern_find(&t->c->net, node->id), row, n);
		if (ids)
			asset_lines(t, i);
	}
	if (ward_cover_assets(t->c, WARD_NONE).n) {
		ward_wr_ch(t->w, '\n');
		ward_say(t->w, t->lang, WARD_TEXT("on no network of the directory"));
		ward_say_colon(t->w, t->lang);
		assets_summary(t, WARD_NONE);
		if (ids)
			asset_lines(t, WARD_NONE);
	}
}

static bool of_model(const struct ward_coverage *c, struct ward_str id)
{
	return c->model && ward_model_find(c->model, id) != WARD_NONE;
}

enum ward_err ward_coverage_write_table(
	const struct ward_coverage *c, bool ids, struct ward_lang *lang, struct ward_wr *w)
{
	const struct table t = {c, lang, w};
	struct ward_cover_row *row;
	size_t n;
	enum ward_err err = ward_cover_sorted(c, &row, &n);

	if (err)
		return err;
	source_lines(&t);
	if (c->model)
		model_lines(&t, row, n, ids);
	for (uint32_t i = 0; i < c->net.n; i++) {
		struct ward_str id = ward_intern_at(&c->net, i);

		if (of_model(c, id))
			continue;
		ward_wr_printf(w, "\n%.*s", WARD_STR_ARG(id));
		if (c->model) {
			ward_say_colon(w, lang);
			ward_say(w, lang, WARD_TEXT("not in the directory"));
		}
		ward_wr_ch(w, '\n');
		net_lines(&t, i, row, n);
	}
	if (c->left_out) {
		ward_wr_ch(w, '\n');
		say(&t, WARD_TEXT("{n} flows are not in the table: raise coverage.rows"),
			c->left_out, 0);
		ward_wr_ch(w, '\n');
	}
	ward_mem_free(c->mem, row, c->rows.n * sizeof(*row));
	return WARD_OK;
}

static void key_times(struct ward_json *j, const struct ward_cover_span *s)
{
	char text[2][48];
	struct ward_wr first = ward_wr_fixed(text[0], sizeof(text[0])),
		       last = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_time_write(&first, s->first);
	ward_time_write(&last, s->last);
	ward_json_put_str(j, "first", ward_wr_text(&first));
	ward_json_put_str(j, "last", ward_wr_text(&last));
}

static struct ward_json begin(struct ward_wr *w, const char *kind)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_str(&j, "kind", ward_str_z(kind));
	return j;
}

static void end(struct ward_json *j, struct ward_wr *w)
{
	ward_json_obj_end(j);
	ward_wr_ch(w, '\n');
}

static void json_blind(
	const struct ward_coverage *c, const struct ward_cover_source *s, struct ward_json *j)
{
	ward_json_put_u64(j, "lost_frames", s->lost_frames);
	ward_json_put_u64(j, "lost_events", s->lost_events);
	ward_json_key(j, "lost_because");
	ward_json_arr(j);
	for (uint32_t i = 0; i < c->reasons.n; i++)
		if (s->reasons >> i & 1)
			ward_json_str(j, ward_intern_at(&c->reasons, i));
	ward_json_arr_end(j);
	ward_json_put_u64(j, "snapped_packets", s->snapped);
	ward_json_put_u64(j, "undecoded_packets", s->undecoded);
	if (s->undecoded)
		ward_json_put_u64(j, "undecoded_link_type", s->link_type);
}

static void json_sources(const struct ward_coverage *c, struct ward_wr *w)
{
	for (size_t i = 0; i < c->n_src; i++) {
		const struct ward_cover_source *s = &c->src[i];
		struct ward_json j = begin(w, "source");

		ward_json_put_str(&j, "source", ward_intern_at(&c->source, (uint32_t)i));
		key_times(&j, &s->span);
		ward_json_put_u64(&j, "events", s->events);
		ward_json_put_u64(&j, "flows", s->flows);
		ward_json_put_u64(&j, "flows_only", s->flows_told);
		ward_json_put_u64(&j, "missed_tcp_bytes", s->unseen_bytes);
		ward_json_put_u64(&j, "missed_permille", missed(s));
		ward_json_put_u64(&j, "lost_exports", s->lost);
		json_blind(c, s, &j);
		if (s->live || s->sent)
			ward_json_put_u64(&j, "sent_packets", s->sent);
		end(&j, w);
	}
}

static void json_model(const struct ward_coverage *c, struct ward_wr *w)
{
	for (uint32_t i = 0; i < ward_model_n(c->model); i++) {
		const struct ward_node *node = ward_model_node(c->model, i);
		uint32_t network;

		if (is_network(c, i)) {
			struct ward_cover_assets a = ward_cover_assets(c, i);
			struct ward_json j = begin(w, "network");

			ward_json_put_str(&j, "network", node->id);
			ward_json_put_u64(&j, "assets", a.n);
			ward_json_put_u64(&j, "assets_seen", a.heard);
			ward_json_put_u64(&j, "assets_seen_as_flow_only", a.heard_flow);
			ward_json_put_u64(&j, "mirror_would_add", a.n - a.heard);
			end(&j, w);
		} else if (ward_cover_is_asset(c, i, &network) && !c->heard[i]) {
			struct ward_json j = begin(w, "asset");

			ward_json_put_str(&j, "asset", node->id);
			if (network != WARD_NONE)
				ward_json_put_str(
					&j, "network", ward_model_node(c->model, network)->id);
			ward_json_put_str(&j, "not_seen_because",
				ward_str_z(ward_cover_reason(c, i, network)));
			end(&j, w);
		}
	}
}

enum ward_err ward_coverage_write_json(const struct ward_coverage *c, struct ward_wr *w)
{
	struct ward_cover_row *row;
	size_t n;
	enum ward_err err = ward_cover_sorted(c, &row, &n);

	if (err)
		return err;
	json_sources(c, w);
	if (c->model)
		json_model(c, w);
	for (size_t i = 0; i < n; i++) {
		struct ward_json j = begin(w, "protocol");

		ward_json_put_str(&j, "network", ward_intern_at(&c->net, row[i].key.net));
		ward_json_put_str(&j, "protocol", ward_intern_at(&c->proto, row[i].key.proto));
		ward_json_put_str(
			&j, "seen", ward_str_z(ward_cover_word((enum ward_cover)row[i].key.how)));
		key_times(&j, &row[i].span);
		ward_json_put_u64(&j, "flows", row[i].flows);
		ward_json_put_u64(&j, "packets", row[i].packets);
		ward_json_put_u64(&j, "bytes", row[i].bytes);
		ward_json_put_u64(&j, "one_sided", row[i].one_sided);
		ward_json_put_str(&j, "source", ward_intern_at(&c->source, row[i].source));
		ward_json_key(&j, "with_losses");
		ward_json_bool(&j, ward_cover_is_lossy(&c->src[row[i].source]));
		end(&j, w);
	}
	if (c->left_out) {
		struct ward_json j = begin(w, "left_out");

		ward_json_put_u64(&j, "flows", c->left_out);
		end(&j, w);
	}
	ward_mem_free(c->mem, row, c->rows.n * sizeof(*row));
	return WARD_OK;
}
