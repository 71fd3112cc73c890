/* What a candidate says otherwise than the row of the node that it is. */
#include "model/addr.h"
#include "model/import/merge_int.h"

enum { WORDS_BYTES = 8192 };

static bool same_word(enum ward_cell cell, struct ward_str a, struct ward_str b)
{
	struct ward_addr ip[2];
	uint8_t mac[2][6];

	if (cell == WARD_CELL_IP && ward_addr_parse(a, &ip[0]) && ward_addr_parse(b, &ip[1]))
		return memcmp(&ip[0], &ip[1], sizeof(ip[0])) == 0;
	if (cell == WARD_CELL_MAC && ward_addr_mac(a, mac[0]) && ward_addr_mac(b, mac[1]))
		return memcmp(mac[0], mac[1], sizeof(mac[0])) == 0;
	return ward_str_ieq(a, b);
}

static bool has(enum ward_cell cell, struct ward_str words, struct ward_str w)
{
	for (struct ward_str rest = words; rest.p && rest.len;)
		if (same_word(cell, ward_str_cut(&rest, ' '), w))
			return true;
	return false;
}

/* Lists of words: those of the source that are not there yet come behind. Addresses none of which
 * is the same are replaced: a host was given another. False when nothing is new. */
static bool more_words(struct ward_merge *m, enum ward_cell cell, struct ward_str old,
	struct ward_str new, struct ward_str *ret)
{
	char buf[WORDS_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t n_new = 0, n_both = 0;

	for (struct ward_str rest = new; rest.p &&rest.len;)
		n_both += has(cell, old, ward_str_cut(&rest, ' '));
	bool replace = cell == WARD_CELL_IP && !n_both;

	if (!replace)
		ward_wr_str(&w, old);
	for (struct ward_str rest = new; rest.p &&rest.len;) {
		struct ward_str word = ward_str_cut(&rest, ' ');

		if (!replace && has(cell, old, word))
			continue;
		if (w.len)
			ward_wr_ch(&w, ' ');
		ward_wr_str(&w, word);
		n_new++;
	}
	if (!n_new || ward_wr_bad(&w))
		return false;
	*ret = ward_merge_keep(m, ward_wr_text(&w));
	return true;
}

/* Does the node's row stand in a file that imports of this source made? */
static bool from_source(const struct ward_merge *m, uint32_t node)
{
	char buf[96];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_printf(&w, "-import-%s.csv", m->slug);
	return ward_str_ends(m->in.file[m->row[node].file].name, ward_wr_text(&w));
}

/* A class below the known one says more, one above it less; any other contradicts. */
static enum ward_import_what of_class(
	const struct ward_merge *m, uint32_t node, struct ward_str new, bool *ret_same)
{
	const struct ward_ontology *o = ward_model_ontology(m->in.model);
	uint32_t class = ward_ontology_find(o, new),
		 known = ward_model_node(m->in.model, node)->class;

	*ret_same = class == WARD_NONE || ward_ontology_is(o, known, class);
	return class != WARD_NONE && ward_ontology_is(o, class, known) ? WARD_IMPORT_CHANGED
								       : WARD_IMPORT_CONFLICT;
}

static void differ(struct ward_merge *m, uint32_t cand, enum ward_cell cell)
{
	uint32_t node = m->match[cand];
	struct ward_str new = m->in.c->node[cand].cell[cell];
	struct ward_str old = ward_merge_cell(m, node, cell);
	enum ward_import_what what = WARD_IMPORT_CHANGED;
	bool same = false;

	if (ward_cell_is_ref(cell))
		new = ward_merge_refers(m, new);
	if (!new.len)
		return;
	if (cell == WARD_CELL_IP || cell == WARD_CELL_MAC || cell == WARD_CELL_KEYS ||
		cell == WARD_CELL_CIDR)
		same = !more_words(m, cell, old, new, &new);
	else if (cell == WARD_CELL_CLASS)
		what = of_class(m, node, new, &same);
	else
		same = ward_str_ieq(old, new) ||
		       /* What people call a thing is theirs to say. */
		       (cell == WARD_CELL_NAME && !from_source(m, node));
	if (same)
		return;
	struct ward_import_item *it =
		ward_merge_item(m, what, cand, node, ward_model_node(m->in.model, node)->id);

	if (!it)
		return;
	it->cell = cell;
	it->old = old;
	it->new = new;
	it->may = true;
	if (what == WARD_IMPORT_CONFLICT)
		it->why = ward_merge_say(m,
			WARD_TEXT("the directory has another class, which is none above it"), NULL);
}

void ward_merge_differ(struct ward_merge *m, uint32_t cand)
{
	size_t n = m->n_item;

	for (unsigned k = 0; k < WARD_CELL_N; k++)
		/* What the source does not say contradicts nobody. */
		if (m->in.c->node[cand].cell[k].len && !(m->in.c->node[cand].assumed >> k & 1))
			differ(m, cand, (enum ward_cell)k);
	m->n_same += m->n_item == n;
}
