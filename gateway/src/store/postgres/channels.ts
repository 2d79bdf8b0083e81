/** The channels on which nodes tell each other: of commits, and what they send to all. */
export const channels = { commits: 'sluice_revisions', messages: 'sluice_messages' } as const;
