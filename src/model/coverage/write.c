/* The table for people, and the same as JSON lines. */
#include "model/coverage/priv.h"

static void times(struct ward_wr *w, const struct ward_cover_span *s)
{
	ward_time_write(w, s->first - s->first % WARD_NS_PER_S);
	ward_wr_z(w, "  ");
	ward_time_write(w, s->last - s->last % WARD_NS_PER_S);
}

enum { PLAIN = 256 };

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

/* Flows of others are partial sight: by whom, and whether the source gave anything else. */
static void told_by(
	const struct ward_coverage *c, const struct ward_cover_source *s, struct ward_wr *w)
{
	const char *before = " (";
	char text[PLAIN];

	ward_wr_z(w, s->flows_told == s->events ? "; flows only" : "; flows told");
	for (uint32_t i = 0; i < c->formats.n; i++) {
		if (!(s->formats >> i & 1))
			continue;
		ward_wr_z(w, before);
		ward_wr_str(w, plain(ward_intern_at(&c->formats, i), text));
		before = ", ";
	}
	if (before[0] == ',')
		ward_wr_ch(w, ')');
}

/* What is not in the table because this source did not have it. */
static void blind(
	const struct ward_coverage *c, const struct ward_cover_source *s, struct ward_wr *w)
{
	const char *before = " (";
	char text[PLAIN];

	if (s->unseen_bytes)
		ward_wr_printf(w, "; missed %llu bytes of TCP (%llu of 1000 meanwhile)",
			(unsigned long long)s->unseen_bytes, (unsigned long long)missed(s));
	if (s->lost_frames)
		ward_wr_printf(w, "; %llu FRAMES WERE LOST", (unsigned long long)s->lost_frames);
	if (s->lost_events)
		ward_wr_printf(w, "; %llu EVENTS WERE LOST", (unsigned long long)s->lost_events);
	if (s->reasons && !s->lost_frames && !s->lost_events)
		ward_wr_z(w, "; HEARD NOTHING FOR A WHILE");
	for (uint32_t i = 0; i < c->reasons.n; i++) {
		if (!(s->reasons >> i & 1))
			continue;
		ward_wr_z(w, before);
		ward_wr_str(w, plain(ward_intern_at(&c->reasons, i), text));
		before = "; ";
	}
	if (s->reasons)
		ward_wr_ch(w, ')');
	if (s->snapped)
		ward_wr_printf(
			w, "; %llu packets cut by the snap length", (unsigned long long)s->snapped);
	if (s->undecoded)
		ward_wr_printf(w, "; %llu PACKETS OF LINK TYPE %llu ARE NOT DECODED%s",
			(unsigned long long)s->undecoded, (unsigned long long)s->link_type,
			s->flows ? "" : ": nothing is seen");
}

static void source_lines(const struct ward_coverage *c, struct ward_wr *w)
{
	uint64_t n_flow = 0;

	ward_wr_z(w, "SOURCES\n");
	for (size_t i = 0; i < c->n_src; i++) {
		const struct ward_cover_source *s = &c->src[i];
		char text[PLAIN];
		struct ward_str name = plain(ward_intern_at(&c->source, (uint32_t)i), text);

		ward_wr_printf(w, "  %-16.*s  ", WARD_STR_ARG(name));
		times(w, &s->span);
		ward_wr_printf(w, "  %llu events, %llu flows", (unsigned long long)s->events,
			(unsigned long long)s->flows);
		n_flow += s->flows;
		blind(c, s, w);
		if (s->flows_told)
			told_by(c, s, w);
		if (s->lost)
			ward_wr_printf(w, "; %llu exports lost", (unsigned long long)s->lost);
		if (s->sent)
			ward_wr_printf(w, "; %llu PACKETS WERE SENT BY ITS INTERFACE",
				(unsigned long long)s->sent);
		else if (s->live)
			ward_wr_z(w, "; sent nothing");
		ward_wr_ch(w, '\n');
	}
	if (!c->n_src)
		ward_wr_z(w, "  none: no event was read\n");
	else if (!n_flow)
		ward_wr_z(w, "  none of them tells of a network: nothing is known to be seen or "
			     "unseen\n");
}

static void row_line(
	const struct ward_coverage *c, const struct ward_cover_row *r, struct ward_wr *w)
{
	char proto_text[PLAIN], source_text[PLAIN];
	struct ward_str proto = plain(ward_intern_at(&c->proto, r->key.proto), proto_text);
	struct ward_str source = plain(ward_intern_at(&c->source, r->source), source_text);

	ward_wr_printf(w, "  %-12s  %-18.*s  ", ward_cover_word((enum ward_cover)r->key.how),
		WARD_STR_ARG(proto));
	times(w, &r->span);
	ward_wr_printf(w, "  %8llu  %12llu  %.*s%s", (unsigned long long)r->packets,
		(unsigned long long)r->bytes, WARD_STR_ARG(source), r->others ? ", others" : "");
	if (ward_cover_is_lossy(&c->src[r->source]))
		ward_wr_z(w, ", with losses");
	if (r->one_sided)
		ward_wr_printf(w, "; %llu of %llu on one side only",
			(unsigned long long)r->one_sided, (unsigned long long)r->flows);
	ward_wr_ch(w, '\n');
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

static void net_lines(const struct ward_coverage *c, uint32_t net, const struct ward_cover_row *row,
	size_t n, struct ward_wr *w)
{
	size_t shown = 0;

	for (size_t i = first_of(row, n, net); i < n && row[i].key.net == net; i++) {
		if (!shown++)
			ward_wr_printf(w, "  %-12s  %-18s  %-20s  %-20s  %8s  %12s  %s\n", "SEEN",
				"PROTOCOL", "SINCE", "LAST", "PACKETS", "BYTES", "BY");
		row_line(c, &row[i], w);
	}
	if (shown)
		return;
	ward_wr_z(w, c->left_out ? "  not in the table, which was full (below)"
				 : "  not seen: no source shows any packet or flow of it");
	ward_wr_z(w, any_lossy(c) ? "; it may have been in what was lost (above)\n" : "\n");
}

enum { COLUMNS = 100, INDENT = 4 };

/* The ids of those that were not seen for one reason, over as many lines as they need. */
static void reason_lines(
	const struct ward_coverage *c, uint32_t network, const char *reason, struct ward_wr *w)
{
	size_t column = 0;
	uint32_t of;

	for (uint32_t i = 0; i < ward_model_n(c->model); i++) {
		struct ward_str id = ward_model_node(c->model, i)->id;

		if (!ward_cover_is_asset(c, i, &of) || of != network || c->heard[i] ||
			ward_cover_reason(c, i, of) != reason)
			continue;
		if (!column)
			ward_wr_printf(w, "  assets not seen: %s:", reason);
		if (!column || column + 1 + id.len > COLUMNS) {
			ward_wr_z(w, "\n   ");
			column = INDENT - 1;
		}
		ward_wr_ch(w, ' ');
		ward_wr_str(w, id);
		column += 1 + id.len;
	}
	if (column)
		ward_wr_ch(w, '\n');
}

static void asset_lines(const struct ward_coverage *c, uint32_t network, struct ward_wr *w)
{
	const char *reason;

	for (size_t i = 0; (reason = ward_cover_reason_at(i)) != NULL; i++)
		reason_lines(c, network, reason, w);
}

static void assets_summary(const struct ward_coverage *c, uint32_t network, struct ward_wr *w)
{
	struct ward_cover_assets a = ward_cover_assets(c, network);

	ward_wr_printf(w, "%zu of %zu assets seen", a.heard, a.n);
	if (a.heard_flow)
		ward_wr_printf(w, ", %zu of them as flows only", a.heard_flow);
	if (a.heard < a.n)
		ward_wr_printf(w, "; a mirror here would add up to %zu", a.n - a.heard);
	ward_wr_ch(w, '\n');
}

static bool is_network(const struct ward_coverage *c, uint32_t node)
{
	return ward_model_node(c->model, node)->kind == WARD_NODE_NETWORK;
}

static void model_lines(const struct ward_coverage *c, const struct ward_cover_row *row, size_t n,
	bool ids, struct ward_wr *w)
{
	for (uint32_t i = 0; i < ward_model_n(c->model); i++) {
		const struct ward_node *node = ward_model_node(c->model, i);

		if (!is_network(c, i))
			continue;
		ward_wr_printf(w, "\n%.*s", WARD_STR_ARG(node->id));
		if (node->vlan)
			ward_wr_printf(w, " (VLAN %u)", node->vlan);
		ward_wr_z(w, ": ");
		assets_summary(c, i, w);
		net_lines(c, ward_intern_find(&c->net, node->id), row, n, w);
		if (ids)
			asset_lines(c, i, w);
	}
	if (ward_cover_assets(c, WARD_NONE).n) {
		ward_wr_z(w, "\non no network of the directory: ");
		assets_summary(c, WARD_NONE, w);
		if (ids)
			asset_lines(c, WARD_NONE, w);
	}
}

static bool of_model(const struct ward_coverage *c, struct ward_str id)
{
	return c->model && ward_model_find(c->model, id) != WARD_NONE;
}

enum ward_err ward_coverage_write_table(const struct ward_coverage *c, bool ids, struct ward_wr *w)
{
	struct ward_cover_row *row;
	size_t n;
	enum ward_err err = ward_cover_sorted(c, &row, &n);

	if (err)
		return err;
	source_lines(c, w);
	if (c->model)
		model_lines(c, row, n, ids, w);
	for (uint32_t i = 0; i < c->net.n; i++) {
		struct ward_str id = ward_intern_at(&c->net, i);

		if (of_model(c, id))
			continue;
		ward_wr_printf(w, "\n%.*s%s\n", WARD_STR_ARG(id),
			c->model ? ": not in the directory" : "");
		net_lines(c, i, row, n, w);
	}
	if (c->left_out)
		ward_wr_printf(w, "\n%llu flows are not in the table: raise coverage.rows\n",
			(unsigned long long)c->left_out);
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
