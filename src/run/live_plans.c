/* Playbooks that people can begin, for `respond`, which names them to who is told of an incident.
 */
#include "run/live_listeners.h"

#include "respond/playbook/folder.h"

static void put_one(const struct ward_playbook *b, struct ward_wr *w)
{
	ward_wr_z(w, "playbook ");
	ward_wr_str(w, ward_playbook_word(b));
	ward_wr_ch(w, ' ');
	for (size_t i = 0; i < b->n_threat; i++) {
		ward_wr_z(w, i ? "," : "");
		ward_wr_str(w, b->threat[i]);
	}
	ward_wr_ch(w, ' ');
	ward_wr_str(w, b->name);
	ward_wr_ch(w, '\n');
}

/* The lines are parted by blanks, and what `ward check` finds wrong is named to nobody. */
static bool is_told(const struct ward_playbook *b)
{
	bool plain = b->sound && !b->revoked && b->n_threat && b->name.len &&
		     ward_str_find(b->name, WARD_STR("\n")) == SIZE_MAX &&
		     ward_str_find(ward_playbook_word(b), WARD_STR(" ")) == SIZE_MAX;

	for (size_t i = 0; plain && i < b->n_threat; i++)
		plain = b->threat[i].len &&
			ward_str_find(b->threat[i], WARD_STR(" ")) == SIZE_MAX &&
			ward_str_find(b->threat[i], WARD_STR(",")) == SIZE_MAX;
	return plain;
}

static enum ward_err check(struct live *l, struct ward_playbook_list *list, struct ward_diag *diag)
{
	struct ward_playbook_never *never = NULL;
	/* as the process `playbook` does it, which begins no other */
	enum ward_err err = ward_playbook_never_new(l->m, NULL, ward_mem_heap(), &never);
	const struct ward_playbooks all = {.item = list->item, .n = list->n, .never = never};
	const struct ward_playbook_world world = {
		.m = l->m, .t = ward_model_threats(l->m), .never = never, .others = &all};

	for (size_t i = 0; !err && i < list->n; i++)
		if (ward_playbook_check(list->item[i], &world, diag) == WARD_ERR_NOMEM)
			err = WARD_ERR_NOMEM;
	ward_playbook_never_free(never);
	return err;
}

enum ward_err live_put_playbooks(struct live *l, struct ward_wr *w)
{
	struct ward_playbook_list list = {.n = 0};
	struct ward_diag diag;
	size_t n = 0;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_playbook_list_add(&list, l->o->dir, "/playbooks", l->o->lim, &diag);

	if (!err)
		err = ward_playbook_list_add(&list, l->o->content, "/playbooks", l->o->lim, &diag);
	if (!err)
		err = check(l, &list, &diag);
	for (size_t i = 0; !err && i < list.n && n < WARD_RECIPIENT_PLAYBOOKS; i++) {
		if (!is_told(list.item[i]))
			continue;
		put_one(list.item[i], w);
		n++;
	}
	ward_playbook_list_fini(&list);
	ward_diag_fini(&diag); /* the process `playbook` logs it */
	return err ? live_because(l, err, "the playbooks") : WARD_OK;
}
