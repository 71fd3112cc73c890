"""Machines of a test, each in a network namespace of its own with a wire and a disk of its own, and what may happen to
them: they are killed, cut off, paused; their disk is full or slow, their clock jumps, their power is cut."""
import fcntl, os, shutil, signal, struct, subprocess, sys, time

LIMIT = int(os.environ.get("WARD_QUORUM_LIMIT", "120"))
# linux/fs: EXT4_IOC_SHUTDOWN, without flushing the log: nothing more reaches the device, as when its power is gone.
EXT4_IOC_SHUTDOWN, NOLOGFLUSH = 0x8004587D, 2


class Failed(Exception):
    pass


def sh(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def until(what, true, limit=LIMIT):
    end = time.monotonic() + limit
    while not true():
        if time.monotonic() > end:
            raise Failed("waited in vain: " + what)
        time.sleep(0.05)


def enter(argv):
    """Into namespaces of our own, anew as the same program; without the right to, the test can't run."""
    if os.environ.get("WARD_QUORUM_LAB"):
        return
    os.environ["WARD_QUORUM_LAB"] = "1"
    how = ["-nm"] if os.geteuid() == 0 else ["-Urnm"]
    if subprocess.run(["unshare"] + how + ["true"], stderr=subprocess.DEVNULL).returncode:
        print("skipped: no user and network namespaces here")
        sys.exit(77)
    os.execvp("unshare", ["unshare"] + how + [sys.executable] + argv)


def as_nobody():
    """A server does not run as root. Where there is but one user in our namespace, a namespace in it has another."""
    with open("/proc/self/uid_map") as f:
        many = sum(int(line.split()[2]) for line in f) > 65534
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if many else \
        ["unshare", "-U", "--map-user=65534", "--map-group=65534"]


def has_power():
    """Can a machine's power be cut? Its disk is an ext4 in a file then, which wants the right to mount one."""
    with open("/proc/self/uid_map") as f:
        whole = f.read().split() == ["0", "0", "4294967295"]
    return os.geteuid() == 0 and whole and os.path.exists("/dev/loop-control")


class Net:
    """A bridge, to which the machines' wires go."""

    def __init__(self, folder, subnet):
        self.dir, self.subnet, self.user = folder, subnet, as_nobody()
        self.uid = 65534 if self.user[0] == "setpriv" else 0
        self.bridge = "wqb%s-%d" % (subnet.split(".")[1], os.getpid() % 100000)
        sh("ip", "link", "add", self.bridge, "type", "bridge")
        sh("ip", "link", "set", self.bridge, "up")
        sh("ip", "addr", "add", subnet + ".9/24", "dev", self.bridge)
        sh("ip", "link", "set", "lo", "up")

    def close(self):
        subprocess.run(["ip", "link", "del", self.bridge], stderr=subprocess.DEVNULL)


def certify(net, at):
    """For each name a certificate of its address, in the net's folder: tls-NAME.pem and .key, all in tls-trust.pem."""
    pem = lambda n: os.path.join(net.dir, "tls-" + n)
    for n in at:
        sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
           pem(n + ".key"), "-out", pem(n + ".pem"), "-days", "30", "-subj", "/CN=" + n, "-addext",
           "subjectAltName=IP:" + at[n])
        os.chmod(pem(n + ".key"), 0o600)
        if net.uid:
            shutil.chown(pem(n + ".key"), net.uid, net.uid)
    with open(pem("trust.pem"), "w") as f:
        for n in at:
            with open(pem(n + ".pem")) as p:
                f.write(p.read())


class Machine:
    def __init__(self, net, name, at, bytes_max, power):
        self.net, self.name, self.at, self.process, self.slowed = net, name, at, None, None
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 1000000"], stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.pid = self.holder.pid
        self.wire = ("wq%s%s%d" % (name, net.subnet.split(".")[1], os.getpid() % 100000))[:15]
        sh("ip", "link", "add", self.wire, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid))
        sh("ip", "link", "set", self.wire, "master", net.bridge, "up")
        self.inside("ip", "addr", "add", self.at + "/24", "dev", "eth0")
        self.inside("ip", "link", "set", "eth0", "up")
        self.inside("ip", "link", "set", "lo", "up")
        self.disk, self.device, self.image = os.path.join(net.dir, name), os.path.join(net.dir, name + ".d"), None
        os.mkdir(self.disk)
        if not power:
            sh("mount", "-t", "tmpfs", "-o", "size=%d,mode=777" % bytes_max, "ward-quorum", self.disk)
            return
        os.mkdir(self.device)
        if power is True:  # else the folder of a real disk
            sh("mount", "-t", "tmpfs", "-o", "size=%d" % (bytes_max + (8 << 20)), "ward-quorum", self.device)
            power = self.device
        self.image = os.path.join(power, "ward-quorum-%s-%d" % (at, os.getpid()))
        with open(self.image, "wb") as f:
            f.truncate(bytes_max)
        sh("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,root_owner=%d:%d" % (net.uid, net.uid), self.image)
        self.insert()

    def insert(self):
        sh("mount", "-o", "loop", self.image, self.disk)

    def inside(self, *args):
        return sh("nsenter", "-t", str(self.pid), "-n", *args)

    def within(self):
        return ["nsenter", "-t", str(self.pid), "-n"] + self.net.user

    def pids(self):
        if self.holder.poll() is not None:  # a test that is ended takes its holders along
            return []
        ns, found = os.readlink("/proc/%d/ns/net" % self.pid), []
        for p in os.listdir("/proc"):
            try:
                if p.isdigit() and int(p) not in (self.pid, os.getpid()) and os.readlink("/proc/%s/ns/net" % p) == ns:
                    found.append(int(p))
            except OSError:
                pass
        return found

    def signal(self, sig):
        found = self.pids()
        for p in found:
            try:
                os.kill(p, sig)
            except OSError:
                pass
        return found

    def kill(self):
        end = time.monotonic() + LIMIT
        while self.signal(signal.SIGKILL):
            if time.monotonic() > end:
                raise Failed(self.name + " can't be killed")
            time.sleep(0.02)
        if self.process:
            self.process.wait()
        self.process = None

    def cut(self, is_cut):
        sh("ip", "link", "set", self.wire, "down" if is_cut else "up")

    def slow(self, seconds):
        """Each time that something is to be on its disk takes so much longer; 0: no more. (strace's injection.)"""
        if self.slowed:
            self.slowed.terminate()
            self.slowed.wait()
        self.slowed = None
        if seconds:
            self.slowed = subprocess.Popen(
                ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
                 "inject=fsync,fdatasync:delay_enter=%d" % (seconds * 1000000)] + ["-p" + str(p) for p in self.pids()],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self):
        self.slow(0)
        self.signal(signal.SIGCONT)
        self.kill()
        self.holder.kill()
        self.holder.wait()
        for at in (self.disk, self.device):
            subprocess.run(["umount", at], stderr=subprocess.DEVNULL)
        if self.image and os.path.exists(self.image):
            os.unlink(self.image)
        subprocess.run(["ip", "link", "del", self.wire], stderr=subprocess.DEVNULL)


def power_cut(machines):
    """Of all of them in one moment. What a server had not asked its disk to keep, and the system had not written by
    itself, is gone; the file system comes back by its own journal, as after a power cut."""
    for m in machines:
        m.signal(signal.SIGSTOP)
    for m in machines:
        fd = os.open(m.disk, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, EXT4_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        finally:
            os.close(fd)
    for m in machines:
        m.kill()
        sh("umount", m.disk)
        m.insert()
