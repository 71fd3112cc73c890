/* Prints the triples of a Turtle file as terms parted by tabs, one a line; literals with '"' before
 * their text. For import.py, which holds them to another reader's. */
#include "conf/conf.h"
#include "model/import/turtle.h"

#include <stdio.h>

static void put(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\n' || s.p[i] == '\t' || s.p[i] == '\r')
			fputs(s.p[i] == '\n' ? "\\n" : s.p[i] == '\t' ? "\\t" : "\\r", stdout);
		else
			putchar(s.p[i]);
}

int main(int argc, char **argv)
{
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_arena a;
	struct ward_graph g;
	struct ward_slice text;

	if (argc != 2)
		return 2;
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	ward_arena_init(&a, ward_mem_heap(), (size_t)1 << 30);
	ward_graph_init(&g, ward_mem_heap(), &lim);
	enum ward_err err = ward_conf_read(&a, &lim, argv[1], &d, &text);

	if (!err)
		err = ward_turtle_parse(&g, &lim, ward_str_z(argv[1]), text, &d);
	for (size_t i = 0; i < g.n && !err; i++) {
		put(ward_intern_at(&g.term, g.triple[i].s));
		putchar('\t');
		put(ward_intern_at(&g.term, g.triple[i].p));
		putchar('\t');
		put(ward_intern_at(&g.term, g.triple[i].o));
		putchar('\n');
	}
	for (size_t i = 0; i < d.n; i++)
		fprintf(stderr, "%.*s:%u: %.*s\n", WARD_STR_ARG(d.item[i].file), d.item[i].line,
			WARD_STR_ARG(d.item[i].what));
	ward_graph_fini(&g);
	ward_arena_fini(&a);
	ward_diag_fini(&d);
	return err ? 1 : 0;
}
