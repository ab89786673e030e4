/** The system calls that a training child may not make, by architecture. @module */

/** Architectures that the filter knows, by Node's name. */
export type SeccompArchitecture = 'x64' | 'arm64'

/** The number of a system call, on x86-64, and on arm64 where it has it. */
export type Numbers = readonly [x64: number, arm64?: number]

/**
 * Refused whatever their arguments: what looks into other processes, changes what is mounted or who one is, speaks to
 * the kernel beside its usual doors, or sets the machine. No training needs any of it, and most holes in kernels were
 * found behind these.
 *
 * @see Linux: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h
 */
export const REFUSED_SYSTEM_CALLS: Readonly<Record<string, Numbers>> = {
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  move_mount: [429, 429],
  open_tree: [428, 428],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  unshare: [272, 97],
  setns: [308, 268],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  fanotify_init: [300, 262],
  mknod: [133],
  mknodat: [259, 33],
  memfd_secret: [447, 447],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  create_module: [174],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  acct: [163, 89],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  syslog: [103, 116],
  vhangup: [153, 58],
  personality: [135, 92],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  lookup_dcookie: [212, 18],
  nfsservctl: [180, 42],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  iopl: [172],
  ioperm: [173],
  modify_ldt: [154],
  uselib: [134],
  ustat: [136],
  sysfs: [139],
  _sysctl: [156],
}

/** Calls that are refused for some of their arguments. */
export type JudgedSystemCall = 'socket' | 'socketpair' | 'clone' | 'clone3' | 'ioctl'

/** Refused for some of their arguments, or in a way of their own. */
export const JUDGED_SYSTEM_CALLS: Readonly<Record<JudgedSystemCall, Required<Numbers>>> = {
  socket: [41, 198],
  socketpair: [53, 199],
  clone: [56, 220],
  clone3: [435, 435],
  ioctl: [16, 29],
}

/** The numbers of `calls` on `architecture`: those that it has. */
export function numbersOf(
  calls: Readonly<Record<string, Numbers>>,
  architecture: SeccompArchitecture,
): readonly number[] {
  return Object.values(calls).flatMap(([x64, arm64]) => {
    const number = architecture === 'x64' ? x64 : arm64
    return number === undefined ? [] : [number]
  })
}

/** The number of a judged call, which every architecture has. */
export function judgedNumber(name: JudgedSystemCall, architecture: SeccompArchitecture): number {
  const [x64, arm64] = JUDGED_SYSTEM_CALLS[name]
  return architecture === 'x64' ? x64 : arm64
}
