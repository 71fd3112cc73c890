/* DCE/RPC inside of named pipes (MS-RPCE 2.1.1.2). */
#include "sense/net/proto/smb/stream.h"

static struct ward_smb_pipe *find(struct ward_smb_flow *f, uint64_t fid)
{
	for (size_t i = 0; i < WARD_SMB_PIPES; i++)
		if (f->pipe[i].used && f->pipe[i].fid == fid)
			return &f->pipe[i];
	return NULL;
}

bool ward_smb_pipe_known(const struct ward_smb_flow *f, uint64_t fid)
{
	for (size_t i = 0; i < WARD_SMB_PIPES; i++)
		if (f->pipe[i].used && f->pipe[i].fid == fid)
			return true;
	return false;
}

static struct ward_rpc_at at_pipe(
	struct ward_dissect *d, struct ward_smb_pipe *p, const struct ward_smb_slot *s)
{
	struct ward_smb_flow *f = d->flow;

	return (struct ward_rpc_at){.d = d,
		.name = ward_smb_rpc_names(d),
		.rpc = &p->rpc,
		.ntlm = &f->pipe_ntlm,
		.pipe = s ? (struct ward_str){s->name, s->n_name} : (struct ward_str){NULL, 0}};
}

static const struct ward_smb_slot *slot_of(const struct ward_smb_flow *f, uint64_t fid)
{
	for (size_t i = 0; i < WARD_SMB_SLOTS; i++)
		if (f->slot[i].state == WARD_SMB_SLOT_OPEN && f->slot[i].fid == fid)
			return &f->slot[i];
	return NULL;
}

static void end(struct ward_dissect *d, struct ward_smb_pipe *p, const struct ward_smb_slot *s)
{
	struct ward_rpc_at at = at_pipe(d, p, s);

	ward_rpc_finish(&at);
	p->used = false;
}

/* A free one, or the one that was used least recently. */
static struct ward_smb_pipe *take(struct ward_dissect *d, uint64_t fid)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_pipe *p = &f->pipe[0];

	for (size_t i = 0; i < WARD_SMB_PIPES && p->used; i++)
		if (!f->pipe[i].used || f->pipe[i].order < p->order)
			p = &f->pipe[i];
	if (p->used)
		end(d, p, slot_of(f, p->fid));
	*p = (struct ward_smb_pipe){.used = true, .fid = fid};
	return p;
}

void ward_smb_pipe_bytes(struct ward_dissect *d, const struct ward_smb_slot *s, uint64_t fid,
	const struct ward_smb *m)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_pipe *p = find(f, fid);

	if (!p)
		p = take(d, fid);
	p->order = f->order++;
	struct ward_rpc_at at = at_pipe(d, p, s);

	ward_rpc_see_pipe(&at, m->data, m->count);
}

void ward_smb_pipe_end(struct ward_dissect *d, const struct ward_smb_slot *s, uint64_t fid)
{
	struct ward_smb_pipe *p = find(d->flow, fid);

	if (p)
		end(d, p, s);
}
