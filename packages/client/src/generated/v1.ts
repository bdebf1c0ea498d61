// Made from packages/server/openapi.json by `npm run generate`.

export interface paths {
    "/v1/address-scopes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List address scopes */
        get: operations["listAddressScopes"];
        put?: never;
        /** Create an address scope */
        post: operations["createAddressScope"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/address-scopes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an address scope */
        get: operations["getAddressScope"];
        put?: never;
        post?: never;
        /**
         * Delete an address scope
         * @description Refused while subnet pools or subnets use it.
         */
        delete: operations["deleteAddressScope"];
        options?: never;
        head?: never;
        /** Change an address scope */
        patch: operations["updateAddressScope"];
        trace?: never;
    };
    "/v1/subnet-pools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List subnet pools */
        get: operations["listSubnetPools"];
        put?: never;
        /** Create a subnet pool */
        post: operations["createSubnetPool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subnet-pools/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a subnet pool */
        get: operations["getSubnetPool"];
        put?: never;
        post?: never;
        /**
         * Delete a subnet pool
         * @description Refused while there are subnets of it.
         */
        delete: operations["deleteSubnetPool"];
        options?: never;
        head?: never;
        /** Change a subnet pool */
        patch: operations["updateSubnetPool"];
        trace?: never;
    };
    "/v1/subnet-pools/{id}/prefixes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add prefixes to a subnet pool, or remove some
         * @description A prefix that has subnets of the pool in it cannot be removed.
         */
        post: operations["changeSubnetPoolPrefixes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subnets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List subnets */
        get: operations["listSubnets"];
        put?: never;
        /**
         * Create a subnet
         * @description With a prefix of your own, or cut from a subnet pool.
         */
        post: operations["createSubnet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subnets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a subnet */
        get: operations["getSubnet"];
        put?: never;
        post?: never;
        /**
         * Delete a subnet
         * @description Refused while addresses are held in it, unless cascade is true.
         */
        delete: operations["deleteSubnet"];
        options?: never;
        head?: never;
        /**
         * Change a subnet
         * @description Addresses held outside new allocation pools stay held, and are counted.
         */
        patch: operations["updateSubnet"];
        trace?: never;
    };
    "/v1/subnets/{id}/allocations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the addresses held in a subnet */
        get: operations["listAllocations"];
        put?: never;
        /**
         * Allocate addresses in a subnet
         * @description All or none. The answer is always a list.
         */
        post: operations["allocateAddresses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/allocations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what a holder holds, in all subnets */
        get: operations["listAllocationsOfHolder"];
        put?: never;
        /** Allocate addresses in the first subnet that has room */
        post: operations["allocateAddressesAcrossSubnets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subnets/{id}/allocations/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the allocation of an address */
        get: operations["getAllocation"];
        put?: never;
        post?: never;
        /**
         * Release an address
         * @description An address that is not held is 404. Any spelling of the address will do.
         */
        delete: operations["releaseAddress"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subnets/{id}/utilization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How full a subnet is */
        get: operations["getSubnetUtilization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subnet-pools/{id}/utilization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How full a subnet pool is */
        get: operations["getSubnetPoolUtilization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/utilization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How full all visible subnets are together */
        get: operations["getTotalUtilization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/utilization/subnets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How full each subnet is
         * @description The same filters, order and pages as the list of subnets.
         */
        get: operations["listSubnetUtilization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/addresses/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known of an address now
         * @description In every scope that the caller may see. Any spelling of the address will do.
         */
        get: operations["getAddress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/addresses/{address}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who held an address, and when */
        get: operations["getAddressHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what changed, in order
         * @description With `Accept: text/event-stream` the answer has no end while the token is good: events arrive as they happen, and `Last-Event-ID` resumes.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export the whole address plan */
        get: operations["exportPlan"];
        put?: never;
        /**
         * Import an address plan
         * @description In one transaction. What exists already and is equal is left alone. Up to 64 MiB.
         */
        post: operations["importPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove that what is stored keeps the promises
         * @description Reads everything and changes nothing. Takes time with what is stored.
         */
        post: operations["check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the end of the chain over the events
         * @description Kept elsewhere, it shows later whether anything before it was changed.
         */
        get: operations["getAuditHead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Work the chain over the events out again
         * @description Names the first place where it breaks. Takes time with the number of events.
         */
        post: operations["verifyAudit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tokens
         * @description An administrator sees all of them, anybody else the one that it shows.
         */
        get: operations["listTokens"];
        put?: never;
        /**
         * Make a token
         * @description The answer holds its text, once. A replay by idempotency key is refused (409), since the text is stored nowhere.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a token */
        get: operations["getToken"];
        put?: never;
        post?: never;
        /**
         * Revoke a token
         * @description Within a second it opens nothing any more, on any server.
         */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens/{id}/rotation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the successor of a token
         * @description With the same role, project and length of life. Both work until the old one is revoked or expires. A caller may do this with the token that it shows; an administrator with any.
         */
        post: operations["rotateToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the database answers */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics for Prometheus */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["getOpenApiDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document for people */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AddressScopePage: {
            items: components["schemas"]["AddressScope"][];
            /** @description `cursor` of the next page; null on the last. */
            nextCursor: string | null;
        };
        /** @description A space in which subnets never overlap. */
        AddressScope: {
            /**
             * Format: uuid
             * @description Lower-case UUID.
             */
            id: string;
            /** @description For people; may be empty, need not be unique. */
            name: string;
            /** @description The project that owns the record. */
            projectId: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            updatedAt: string;
            /** @description Grows by one with every change; the ETag is made of it. */
            revision: number;
            /** @enum {integer} */
            ipVersion: 4 | 6;
            /** @description Other projects may use it for their subnet pools and subnets. Cannot be taken back. */
            shared: boolean;
        };
        AddressScopeInput: {
            /** @description 1 to 255 characters without control or bidirectional ones; kept in Unicode NFC. */
            name?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @enum {integer} */
            ipVersion: 4 | 6;
            /** @description Other projects may use it for their subnet pools and subnets. Cannot be taken back. */
            shared?: boolean;
        };
        AddressScopeChanges: {
            /** @description 1 to 255 characters without control or bidirectional ones; kept in Unicode NFC. */
            name?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description Other projects may use it for their subnet pools and subnets. Cannot be taken back. */
            shared?: boolean;
        };
        SubnetPoolPage: {
            items: components["schemas"]["SubnetPool"][];
            /** @description `cursor` of the next page; null on the last. */
            nextCursor: string | null;
        };
        /** @description Prefixes from which subnets are cut. */
        SubnetPool: {
            /**
             * Format: uuid
             * @description Lower-case UUID.
             */
            id: string;
            /** @description For people; may be empty, need not be unique. */
            name: string;
            /** @description The project that owns the record. */
            projectId: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            updatedAt: string;
            /** @description Grows by one with every change; the ETag is made of it. */
            revision: number;
            /**
             * Format: uuid
             * @description The scope that its subnets live in.
             */
            addressScopeId: string;
            /** @enum {integer} */
            ipVersion: 4 | 6;
            /** @description Prefixes without host bits. */
            prefixes: string[];
            /** @description Of the widest subnet that may be cut: the smallest number. */
            minPrefixLength: number;
            /** @description Of a subnet cut without saying how long. */
            defaultPrefixLength: number;
            /** @description Of the narrowest subnet that may be cut: the largest number. */
            maxPrefixLength: number;
            /** @description How much each calling project may cut from the pool, in /32 (IPv4) or /64 (IPv6), as decimal digits; null: no limit. */
            quota: string | null;
            /** @description Other projects may cut subnets from it. */
            shared: boolean;
            /** @description At most one pool of an IP version is the default. */
            isDefault: boolean;
        };
        SubnetPoolInput: {
            /** @description 1 to 255 characters without control or bidirectional ones; kept in Unicode NFC. */
            name?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description Absent: the built-in scope of the IP version. */
            addressScopeId?: string;
            /** @description Of the widest subnet that may be cut: the smallest number. */
            minPrefixLength?: number;
            /** @description Of a subnet cut without saying how long. */
            defaultPrefixLength?: number;
            /** @description Of the narrowest subnet that may be cut: the largest number. */
            maxPrefixLength?: number;
            /** @description How much each calling project may cut from the pool, in /32 (IPv4) or /64 (IPv6), as decimal digits; null: no limit. */
            quota?: string | null;
            /** @description Other projects may cut subnets from it. */
            shared?: boolean;
            /** @description At most one pool of an IP version is the default. */
            isDefault?: boolean;
            /** @description Prefixes without host bits. */
            prefixes: string[];
        };
        SubnetPoolChanges: {
            /** @description 1 to 255 characters without control or bidirectional ones; kept in Unicode NFC. */
            name?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description Absent: the built-in scope of the IP version. */
            addressScopeId?: string;
            /** @description Of the widest subnet that may be cut: the smallest number. */
            minPrefixLength?: number;
            /** @description Of a subnet cut without saying how long. */
            defaultPrefixLength?: number;
            /** @description Of the narrowest subnet that may be cut: the largest number. */
            maxPrefixLength?: number;
            /** @description How much each calling project may cut from the pool, in /32 (IPv4) or /64 (IPv6), as decimal digits; null: no limit. */
            quota?: string | null;
            /** @description Other projects may cut subnets from it. */
            shared?: boolean;
            /** @description At most one pool of an IP version is the default. */
            isDefault?: boolean;
            /** @description Prefixes without host bits. */
            prefixes?: string[];
        };
        /** @description Either prefixes to add or prefixes to remove. */
        SubnetPoolPrefixChanges: {
            /** @description Prefixes without host bits. */
            add?: string[];
            /** @description Prefixes without host bits. */
            remove?: string[];
        };
        SubnetPage: {
            items: components["schemas"]["Subnet"][];
            /** @description `cursor` of the next page; null on the last. */
            nextCursor: string | null;
        };
        /** @description One prefix in use. */
        Subnet: {
            /**
             * Format: uuid
             * @description Lower-case UUID.
             */
            id: string;
            /** @description For people; may be empty, need not be unique. */
            name: string;
            /** @description The project that owns the record. */
            projectId: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            updatedAt: string;
            /** @description Grows by one with every change; the ETag is made of it. */
            revision: number;
            /** @description The prefix, without host bits. */
            cidr: string;
            /** @enum {integer} */
            ipVersion: 4 | 6;
            /** @description Never handed out; null: none. */
            gateway: string | null;
            /** @description Sorted and disjoint. Empty: addresses are handed out by specific and eui64 only. */
            allocationPools: components["schemas"]["AllocationPool"][];
            /**
             * Format: uuid
             * @description The space within which it overlaps no other subnet.
             */
            addressScopeId: string;
            /**
             * Format: uuid
             * @description The pool that it was cut from; null: none.
             */
            subnetPoolId: string | null;
            /** @description How long a released address rests before it is handed out again: 0 to 31,536,000. */
            coolingSeconds: number;
            /** @description Other projects may draw addresses from it. */
            shared: boolean;
        };
        /** @description Inclusive range from which any, next and bulk draw. */
        AllocationPool: {
            /** @description First address of the range. */
            first: string;
            /** @description Last address of the range, included. */
            last: string;
        };
        /** @description One of: cidr; subnetPoolId, alone or with prefixLength; subnetPoolId with cidr. */
        SubnetInput: {
            /** @description Alone, or with subnetPoolId. */
            cidr?: string;
            /** @description Cut it from this pool. */
            subnetPoolId?: string;
            /** @description With subnetPoolId; absent: the default of the pool. */
            prefixLength?: number;
            /** @description Without a pool only. Absent: the built-in scope. */
            addressScopeId?: string;
            /** @description 1 to 255 characters without control or bidirectional ones; kept in Unicode NFC. */
            name?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description `auto` (default): the first address after the network address. `null`: none. Or an address. */
            gateway?: string | null;
            /** @description Allows a gateway outside the subnet, which is refused otherwise. */
            onLink?: boolean;
            /** @description Sorted and disjoint. Empty: addresses are handed out by specific and eui64 only. */
            allocationPools?: components["schemas"]["AllocationPool"][];
            /** @description How long a released address rests before it is handed out again: 0 to 31,536,000. */
            coolingSeconds?: number;
            /** @description Other projects may draw addresses from it. */
            shared?: boolean;
            /** @description A UUID of your own for the new subnet. */
            id?: string;
        };
        SubnetChanges: {
            /** @description 1 to 255 characters without control or bidirectional ones; kept in Unicode NFC. */
            name?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description `auto` (default): the first address after the network address. `null`: none. Or an address. */
            gateway?: string | null;
            /** @description Allows a gateway outside the subnet, which is refused otherwise. */
            onLink?: boolean;
            /** @description Sorted and disjoint. Empty: addresses are handed out by specific and eui64 only. */
            allocationPools?: components["schemas"]["AllocationPool"][];
            /** @description How long a released address rests before it is handed out again: 0 to 31,536,000. */
            coolingSeconds?: number;
            /** @description Other projects may draw addresses from it. */
            shared?: boolean;
        };
        UpdatedSubnet: {
            /**
             * Format: uuid
             * @description Lower-case UUID.
             */
            id: string;
            /** @description For people; may be empty, need not be unique. */
            name: string;
            /** @description The project that owns the record. */
            projectId: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            updatedAt: string;
            /** @description Grows by one with every change; the ETag is made of it. */
            revision: number;
            /** @description The prefix, without host bits. */
            cidr: string;
            /** @enum {integer} */
            ipVersion: 4 | 6;
            /** @description Never handed out; null: none. */
            gateway: string | null;
            /** @description Sorted and disjoint. Empty: addresses are handed out by specific and eui64 only. */
            allocationPools: components["schemas"]["AllocationPool"][];
            /**
             * Format: uuid
             * @description The space within which it overlaps no other subnet.
             */
            addressScopeId: string;
            /**
             * Format: uuid
             * @description The pool that it was cut from; null: none.
             */
            subnetPoolId: string | null;
            /** @description How long a released address rests before it is handed out again: 0 to 31,536,000. */
            coolingSeconds: number;
            /** @description Other projects may draw addresses from it. */
            shared: boolean;
            /** @description How many held addresses lie outside the allocation pools now. They stay held. */
            heldOutsidePools: number;
        };
        AllocationPage: {
            items: components["schemas"]["Allocation"][];
            /** @description `cursor` of the next page; null on the last. */
            nextCursor: string | null;
        };
        /** @description One address held in one subnet by one holder. */
        Allocation: {
            /** @description In canonical form (RFC 5952 for IPv6). */
            address: string;
            /**
             * Format: uuid
             * @description The subnet that it is held in.
             */
            subnetId: string;
            /**
             * @description cooling: released, and not handed out again before expiresAt.
             * @enum {string}
             */
            state: "allocated" | "cooling";
            /** @description The project that holds it. */
            projectId: string;
            /** @description Who holds the address; null: not said. */
            holder: {
                /** @description A short lower-case word: host, port, container, service, … */
                kind: string;
                /** @description The caller's own name for the holder. */
                id: string;
                /** @description MAC address. */
                mac?: string;
                /** @description Up to 253 characters. */
                hostName?: string;
            } | null;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it becomes free by itself; null: never.
             */
            expiresAt: string | null;
        };
        AllocationInput: {
            request: components["schemas"]["AddressRequest"];
            /** @description Who holds the address; null: not said. */
            holder?: {
                /** @description A short lower-case word: host, port, container, service, … */
                kind: string;
                /** @description The caller's own name for the holder. */
                id: string;
                /** @description MAC address. */
                mac?: string;
                /** @description Up to 253 characters. */
                hostName?: string;
            } | null;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description Lease time, 1 to 315,360,000; absent: held until released. */
            ttlSeconds?: number;
        };
        /** @description What is asked of a subnet. */
        AddressRequest: components["schemas"]["AnyAddress"] | components["schemas"]["NextAddress"] | components["schemas"]["SpecificAddress"] | components["schemas"]["BulkAddresses"] | components["schemas"]["Eui64Address"];
        /** @description One free address, uniform over all of them. */
        AnyAddress: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "any";
        };
        /** @description The lowest free address. */
        NextAddress: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "next";
        };
        /** @description This one, inside the pools or not. */
        SpecificAddress: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "specific";
            address: string;
        };
        /** @description So many different ones, or none at all. */
        BulkAddresses: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "bulk";
            /** @description From 1 on. */
            count: number;
        };
        /** @description The modified EUI-64 address of a MAC. */
        Eui64Address: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "eui64";
            mac: string;
        };
        Allocations: {
            allocations: components["schemas"]["Allocation"][];
        };
        MultiSubnetAllocationInput: {
            /** @description Tried in this order; the first that has room serves the whole request. */
            subnetIds: string[];
            request: components["schemas"]["AddressRequest"];
            /** @description Who holds the address; null: not said. */
            holder?: {
                /** @description A short lower-case word: host, port, container, service, … */
                kind: string;
                /** @description The caller's own name for the holder. */
                id: string;
                /** @description MAC address. */
                mac?: string;
                /** @description Up to 253 characters. */
                hostName?: string;
            } | null;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description Lease time, 1 to 315,360,000; absent: held until released. */
            ttlSeconds?: number;
        };
        SubnetUtilization: {
            /**
             * Format: uuid
             * @description The subnet.
             */
            subnetId: string;
            /** @description Addresses in the allocation pools. */
            capacity: string;
            /** @description Held. */
            allocated: string;
            /** @description Released, not yet handed out again. */
            cooling: string;
            /** @description Capacity less allocated and cooling. */
            available: string;
            /** @description Held outside the allocation pools; not part of allocated. */
            outsidePools: string;
            /** @description (allocated + cooling) / capacity; 0 for an empty capacity. */
            ratio: number;
        };
        /** @description In addresses of the prefixes; allocated are those cut into subnets. */
        SubnetPoolUtilization: {
            /**
             * Format: uuid
             * @description The subnet pool.
             */
            subnetPoolId: string;
            /** @description How many subnets are cut from it. */
            subnets: number;
            /** @description Addresses in the allocation pools. */
            capacity: string;
            /** @description Held. */
            allocated: string;
            /** @description Released, not yet handed out again. */
            cooling: string;
            /** @description Capacity less allocated and cooling. */
            available: string;
            /** @description Held outside the allocation pools; not part of allocated. */
            outsidePools: string;
            /** @description (allocated + cooling) / capacity; 0 for an empty capacity. */
            ratio: number;
        };
        TotalUtilization: {
            /** @description How many subnets there are. */
            subnets: number;
            /** @description Addresses in the allocation pools. */
            capacity: string;
            /** @description Held. */
            allocated: string;
            /** @description Released, not yet handed out again. */
            cooling: string;
            /** @description Capacity less allocated and cooling. */
            available: string;
            /** @description Held outside the allocation pools; not part of allocated. */
            outsidePools: string;
            /** @description (allocated + cooling) / capacity; 0 for an empty capacity. */
            ratio: number;
        };
        SubnetUtilizationPage: {
            items: components["schemas"]["SubnetUtilization"][];
            /** @description `cursor` of the next page; null on the last. */
            nextCursor: string | null;
        };
        AddressKnowledge: {
            /** @description In canonical form. */
            address: string;
            /** @enum {integer} */
            ipVersion: 4 | 6;
            /** @description The subnets that it lies in, one for each scope at most. */
            subnets: components["schemas"]["AddressInSubnet"][];
            /** @description The pools whose prefixes hold it. */
            subnetPools: components["schemas"]["SubnetPool"][];
        };
        AddressInSubnet: {
            subnet: components["schemas"]["Subnet"];
            /** @enum {string} */
            role: "allocated" | "cooling" | "gateway" | "reserved" | "in-pool" | "outside-pools";
            allocation: components["schemas"]["Allocation"] | null;
        };
        AddressHistory: {
            items: components["schemas"]["AddressTenure"][];
        };
        AddressTenure: {
            address: string;
            /**
             * Format: uuid
             * @description The subnet that it was held in.
             */
            subnetId: string;
            projectId: string;
            /** @description Who holds the address; null: not said. */
            holder: {
                /** @description A short lower-case word: host, port, container, service, … */
                kind: string;
                /** @description The caller's own name for the holder. */
                id: string;
                /** @description MAC address. */
                mac?: string;
                /** @description Up to 253 characters. */
                hostName?: string;
            } | null;
            /**
             * Format: date-time
             * @description When it was allocated.
             */
            from: string;
            /**
             * Format: date-time
             * @description When it was released; null: still held.
             */
            until: string | null;
        };
        EventPage: {
            items: components["schemas"]["Event"][];
            /** @description Where to read on, also when there is no more yet. */
            nextCursor: string;
        };
        /** @description One change of one record. */
        Event: {
            /** @description Position in the feed: give it as `after` to read on. */
            cursor: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
            /** @enum {string} */
            action: "created" | "updated" | "deleted" | "allocated" | "released" | "expired" | "freed" | "restored";
            /** @enum {string} */
            recordKind: "address-scope" | "subnet-pool" | "subnet" | "allocation" | "database" | "network" | "port" | "subnet-attributes" | "subnet-pool-attributes" | "quota" | "token" | "document";
            /** @description Of the record; for an allocation, of its subnet; for a quota, its project. */
            recordId: string;
            /** @description For an allocation. */
            address: string | null;
            projectId: string;
            /** @description Who did it, where that is known. */
            actor: string | null;
            /** @description The request that did it; the same as in the log. */
            requestId: string | null;
            /** @description The record before; null when it was made. */
            before: unknown;
            /** @description The record after; null when it is gone. */
            after: unknown;
        };
        /** @description A whole address plan. Records name one another by key. */
        Plan: {
            /** @constant */
            format: "freehold-plan/1";
            addressScopes: components["schemas"]["PlannedAddressScope"][];
            subnetPools: components["schemas"]["PlannedSubnetPool"][];
            subnets: components["schemas"]["PlannedSubnet"][];
            allocations: components["schemas"]["PlannedAllocation"][];
        };
        PlannedAddressScope: {
            /** @description A name that is only good inside this document. */
            key: string;
            /** @description Where the entry came from; for reports. */
            source?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description Absent: the caller's project. */
            projectId?: string;
            /** @description 1 to 255 characters without control or bidirectional ones; kept in Unicode NFC. */
            name?: string;
            /** @enum {integer} */
            ipVersion: 4 | 6;
            shared?: boolean;
        };
        PlannedSubnetPool: {
            /** @description A name that is only good inside this document. */
            key: string;
            /** @description Where the entry came from; for reports. */
            source?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description Absent: the caller's project. */
            projectId?: string;
            /** @description 1 to 255 characters without control or bidirectional ones; kept in Unicode NFC. */
            name?: string;
            /** @description Key of an address scope here, or default-4 or default-6. */
            addressScope: string;
            prefixes: string[];
            minPrefixLength?: number;
            defaultPrefixLength?: number;
            maxPrefixLength?: number;
            quota?: string | null;
            shared?: boolean;
            isDefault?: boolean;
        };
        PlannedSubnet: {
            /** @description A name that is only good inside this document. */
            key: string;
            /** @description Where the entry came from; for reports. */
            source?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description Absent: the caller's project. */
            projectId?: string;
            /** @description 1 to 255 characters without control or bidirectional ones; kept in Unicode NFC. */
            name?: string;
            /** @description Key of an address scope here, or default-4 or default-6. */
            addressScope: string;
            /** @description Key of the pool it is cut from. */
            subnetPool?: string;
            cidr: string;
            /** @description `auto` (default): the first address after the network address. `null`: none. Or an address. */
            gateway?: string | null;
            onLink?: boolean;
            allocationPools?: components["schemas"]["AllocationPool"][];
            /** @description How long a released address rests before it is handed out again: 0 to 31,536,000. */
            coolingSeconds?: number;
            shared?: boolean;
        };
        PlannedAllocation: {
            /** @description Where the entry came from; for reports. */
            source?: string;
            /** @description Strings by name: at most 64, names of 1 to 63 characters, values of 0 to 255. */
            labels?: {
                [key: string]: string;
            };
            /** @description Absent: the caller's project. */
            projectId?: string;
            /** @description Key of the subnet. */
            subnet: string;
            address: string;
            /** @description Who holds the address; null: not said. */
            holder?: {
                /** @description A short lower-case word: host, port, container, service, … */
                kind: string;
                /** @description The caller's own name for the holder. */
                id: string;
                /** @description MAC address. */
                mac?: string;
                /** @description Up to 253 characters. */
                hostName?: string;
            } | null;
            expiresAt?: string | null;
            /**
             * @description cooling: released, and not handed out again before expiresAt.
             * @enum {string}
             */
            state?: "allocated" | "cooling";
        };
        PlanReport: {
            counts: {
                create: number;
                exists: number;
                conflict: number;
            };
            entries: components["schemas"]["PlanReportEntry"][];
        };
        PlanReportEntry: {
            /** @enum {string} */
            outcome: "create" | "exists" | "conflict";
            /** @enum {string} */
            recordKind: "address-scope" | "subnet-pool" | "subnet" | "allocation";
            /** @description The prefix, address or name that the entry is about. */
            subject: string;
            source?: string;
            reason?: string;
        };
        CheckReport: {
            ok: boolean;
            /** @description How many of each were looked at. */
            checked: {
                addressScopes: number;
                subnetPools: number;
                subnets: number;
                allocations: number;
            };
            /** @description The first 1,000. */
            problems: components["schemas"]["CheckProblem"][];
        };
        CheckProblem: {
            /** @description Which promise is broken. */
            kind: string;
            message: string;
            subnetId?: string;
            subnetPoolId?: string;
            addressScopeId?: string;
        };
        AuditHead: {
            /** @description One more for each restored backup that was accepted. */
            epoch: number;
            /** @description How many events are sealed. */
            seq: number;
            /** @description SHA-256 over the last sealed event and every one before it. */
            hash: string;
        };
        AuditVerification: {
            /** @description A head that was kept elsewhere: the chain must still hold it. */
            head?: {
                /** @description One more for each restored backup that was accepted. */
                epoch: number;
                /** @description How many events are sealed. */
                seq: number;
                /** @description SHA-256 over the last sealed event and every one before it. */
                hash: string;
            };
        };
        AuditReport: {
            ok: boolean;
            head: components["schemas"]["AuditHead"];
            unsealed: {
                /** @description Committed, and not in the chain yet. */
                events: number;
                /**
                 * Format: date-time
                 * @description When the oldest of them happened.
                 */
                oldestAt: string | null;
            };
            /** @description Restored backups that were accepted, oldest first. */
            restores: components["schemas"]["AuditRestore"][];
            /** @description The first place where the chain does not hold. */
            firstBroken: components["schemas"]["AuditBreak"] | null;
        };
        /** @description After `end`, the events of the history that had the head `kept` are lost. */
        AuditRestore: {
            /** @description The epoch that began. */
            epoch: number;
            /**
             * Format: date-time
             * @description When it was accepted.
             */
            at: string;
            /** @description Who accepted it, where that is known. */
            actor: string | null;
            end: components["schemas"]["AuditHead"];
            kept: components["schemas"]["AuditHead"];
        };
        AuditBreak: {
            /** @description Where in the chain. */
            seq: number;
            /**
             * @description altered: the event, or its place, is not the sealed one. missing: the event is gone. unlinked: its seal is gone, or stands where the record of the chain’s end has none. added: the event was put among sealed ones afterwards. rewritten: another chain than that of the kept head. cut: the chain ends before the kept head, or was cut there by a restored backup that was accepted.
             * @enum {string}
             */
            kind: "altered" | "missing" | "unlinked" | "added" | "rewritten" | "cut";
            eventId: number | null;
            message: string;
        };
        TokenPage: {
            items: components["schemas"]["Token"][];
            /** @description `cursor` of the next page; null on the last. */
            nextCursor: string | null;
        };
        /** @description What lets a caller in. Its text is shown once and stored nowhere. */
        Token: {
            /**
             * Format: uuid
             * @description Names the token in lists and events; no secret.
             */
            id: string;
            /** @description The project that its bearer acts for. */
            projectId: string;
            /**
             * @description `reader` reads what its project may see, `operator` also changes what its project owns, `admin` does everything in every project. `metrics` reads /metrics alone.
             * @enum {string}
             */
            role: "admin" | "operator" | "reader" | "metrics";
            /** @description For people; may be empty. */
            description: string;
            /**
             * Format: uuid
             * @description The same for a token and those that it was rotated into.
             */
            familyId: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description null: never.
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description To the minute; null: not yet.
             */
            lastUsedAt: string | null;
            /** @description Who made it, where that is known. */
            createdBy: string | null;
        };
        TokenInput: {
            /**
             * @description `reader` reads what its project may see, `operator` also changes what its project owns, `admin` does everything in every project. `metrics` reads /metrics alone.
             * @enum {string}
             */
            role: "admin" | "operator" | "reader" | "metrics";
            /** @description Default: the project of the caller. */
            projectId?: string;
            /** @description 1 to 255 characters without control or bidirectional ones. */
            description?: string;
            /** @description 1 to 315,360,000; null: never expires. Default: a year. */
            expiresInSeconds?: number | null;
        };
        NewToken: {
            /**
             * Format: uuid
             * @description Names the token in lists and events; no secret.
             */
            id: string;
            /** @description The project that its bearer acts for. */
            projectId: string;
            /**
             * @description `reader` reads what its project may see, `operator` also changes what its project owns, `admin` does everything in every project. `metrics` reads /metrics alone.
             * @enum {string}
             */
            role: "admin" | "operator" | "reader" | "metrics";
            /** @description For people; may be empty. */
            description: string;
            /**
             * Format: uuid
             * @description The same for a token and those that it was rotated into.
             */
            familyId: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description null: never.
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description To the minute; null: not yet.
             */
            lastUsedAt: string | null;
            /** @description Who made it, where that is known. */
            createdBy: string | null;
            /** @description The token itself. It is told here and never again. */
            secret: string;
        };
        Health: {
            /** @constant */
            status: "ok";
        };
        Problem: {
            /** @description A URN that names the code. */
            type: string;
            /** @description What the code means, the same every time. */
            title: string;
            status: number;
            /** @description What happened this time. */
            detail: string;
            /** @description What a program decides by, such as SUBNET_EXHAUSTED. */
            code: string;
            /** @enum {string} */
            kind: "invalid" | "not-found" | "conflict" | "exhausted" | "over-quota" | "unavailable" | "internal";
            /** @description The same as in the log. */
            requestId: string;
            /** @description RFC 6901 pointer to the field at fault, where one is. */
            pointer?: string;
            /**
             * @description Not in the body.
             * @constant
             */
            in?: "query";
            /** @description What to do instead. */
            fix?: string;
        } & {
            [key: string]: unknown;
        };
    };
    responses: {
        /** @description Refused or failed; nothing was changed unless the code says otherwise. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No token, or one that is unknown, expired or revoked. */
        Unauthenticated: {
            headers: {
                /** @description What to send. */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller may not do this. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too much in too short a time; nothing was changed. */
        RateLimited: {
            headers: {
                /** @description Seconds to wait. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAddressScopes: {
        parameters: {
            query?: {
                /** @description Page size; default 100. */
                limit?: number;
                /** @description `nextCursor` of the page before, with the same filters and sort. */
                cursor?: string;
                /** @description Field to sort by; a leading `-` turns the order round. */
                sort?: "createdAt" | "-createdAt" | "name" | "-name";
                /** @description Exact name. */
                name?: string;
                /** @description Owner. */
                projectId?: string;
                /** @description `name:value`; can be given several times, all must match. */
                label?: string[];
                ipVersion?: 4 | 6;
                /** @description Only records that other projects may use, or only those they may not. */
                shared?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressScopePage"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    createAddressScope: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressScopeInput"];
            };
        };
        responses: {
            /** @description The new address scope. */
            201: {
                headers: {
                    ETag?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressScope"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAddressScope: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 if this is the current ETag. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Id of the address-scope. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The address scope. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressScope"];
                };
            };
            /** @description If-None-Match has the current revision. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    deleteAddressScope: {
        parameters: {
            query?: never;
            header?: {
                /** @description Refuse with 412 unless this is the current ETag. */
                "If-Match"?: string;
            };
            path: {
                /** @description Id of the address-scope. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    updateAddressScope: {
        parameters: {
            query?: never;
            header?: {
                /** @description Refuse with 412 unless this is the current ETag. */
                "If-Match"?: string;
            };
            path: {
                /** @description Id of the address-scope. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressScopeChanges"];
            };
        };
        responses: {
            /** @description The changed address scope. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressScope"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listSubnetPools: {
        parameters: {
            query?: {
                /** @description Page size; default 100. */
                limit?: number;
                /** @description `nextCursor` of the page before, with the same filters and sort. */
                cursor?: string;
                /** @description Field to sort by; a leading `-` turns the order round. */
                sort?: "createdAt" | "-createdAt" | "name" | "-name";
                /** @description Exact name. */
                name?: string;
                /** @description Owner. */
                projectId?: string;
                /** @description `name:value`; can be given several times, all must match. */
                label?: string[];
                ipVersion?: 4 | 6;
                /** @description Only records that other projects may use, or only those they may not. */
                shared?: boolean;
                isDefault?: boolean;
                /** @description Pools of this scope. */
                addressScopeId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubnetPoolPage"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    createSubnetPool: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubnetPoolInput"];
            };
        };
        responses: {
            /** @description The new subnet pool. */
            201: {
                headers: {
                    ETag?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubnetPool"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getSubnetPool: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 if this is the current ETag. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Id of the subnet-pool. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subnet pool. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubnetPool"];
                };
            };
            /** @description If-None-Match has the current revision. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    deleteSubnetPool: {
        parameters: {
            query?: never;
            header?: {
                /** @description Refuse with 412 unless this is the current ETag. */
                "If-Match"?: string;
            };
            path: {
                /** @description Id of the subnet-pool. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    updateSubnetPool: {
        parameters: {
            query?: never;
            header?: {
                /** @description Refuse with 412 unless this is the current ETag. */
                "If-Match"?: string;
            };
            path: {
                /** @description Id of the subnet-pool. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubnetPoolChanges"];
            };
        };
        responses: {
            /** @description The changed subnet pool. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubnetPool"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    changeSubnetPoolPrefixes: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Id of the subnet-pool. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubnetPoolPrefixChanges"];
            };
        };
        responses: {
            /** @description The changed subnet pool. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubnetPool"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listSubnets: {
        parameters: {
            query?: {
                /** @description Page size; default 100. */
                limit?: number;
                /** @description `nextCursor` of the page before, with the same filters and sort. */
                cursor?: string;
                /** @description Field to sort by; a leading `-` turns the order round. */
                sort?: "createdAt" | "-createdAt" | "name" | "-name" | "cidr" | "-cidr";
                /** @description Exact name. */
                name?: string;
                /** @description Owner. */
                projectId?: string;
                /** @description `name:value`; can be given several times, all must match. */
                label?: string[];
                ipVersion?: 4 | 6;
                /** @description Only records that other projects may use, or only those they may not. */
                shared?: boolean;
                /** @description Subnets of this scope. */
                addressScopeId?: string;
                /** @description Subnets cut from this pool. */
                subnetPoolId?: string;
                /** @description Exactly this prefix. */
                cidr?: string;
                /** @description Subnets that this address lies in. */
                contains?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubnetPage"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    createSubnet: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubnetInput"];
            };
        };
        responses: {
            /** @description The new subnet. */
            201: {
                headers: {
                    ETag?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subnet"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getSubnet: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 if this is the current ETag. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Id of the subnet. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subnet. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subnet"];
                };
            };
            /** @description If-None-Match has the current revision. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    deleteSubnet: {
        parameters: {
            query?: {
                /** @description Releases the addresses that are held in it. Default false. */
                cascade?: boolean;
            };
            header?: {
                /** @description Refuse with 412 unless this is the current ETag. */
                "If-Match"?: string;
            };
            path: {
                /** @description Id of the subnet. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    updateSubnet: {
        parameters: {
            query?: never;
            header?: {
                /** @description Refuse with 412 unless this is the current ETag. */
                "If-Match"?: string;
            };
            path: {
                /** @description Id of the subnet. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubnetChanges"];
            };
        };
        responses: {
            /** @description The changed subnet. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdatedSubnet"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listAllocations: {
        parameters: {
            query?: {
                /** @description Page size; default 100. */
                limit?: number;
                /** @description `nextCursor` of the page before, with the same filters and sort. */
                cursor?: string;
                /** @description Field to sort by; a leading `-` turns the order round. */
                sort?: "address" | "-address";
                /** @description Owner. */
                projectId?: string;
                /** @description `name:value`; can be given several times, all must match. */
                label?: string[];
                /** @description cooling: released, and not handed out again before expiresAt. */
                state?: "allocated" | "cooling";
                holderKind?: string;
                holderId?: string;
            };
            header?: never;
            path: {
                /** @description Id of the subnet. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllocationPage"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    allocateAddresses: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Id of the subnet. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AllocationInput"];
            };
        };
        responses: {
            /** @description The allocations. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Allocations"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listAllocationsOfHolder: {
        parameters: {
            query: {
                holderKind: string;
                holderId: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Allocations"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    allocateAddressesAcrossSubnets: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MultiSubnetAllocationInput"];
            };
        };
        responses: {
            /** @description The allocations. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Allocations"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAllocation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the subnet. */
                id: string;
                /** @description An IP address in any spelling. */
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The allocation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Allocation"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    releaseAddress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the subnet. */
                id: string;
                /** @description An IP address in any spelling. */
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is released. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getSubnetUtilization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the subnet. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Exact counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubnetUtilization"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getSubnetPoolUtilization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the subnet-pool. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Exact counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubnetPoolUtilization"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getTotalUtilization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Exact counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotalUtilization"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listSubnetUtilization: {
        parameters: {
            query?: {
                /** @description Page size; default 100. */
                limit?: number;
                /** @description `nextCursor` of the page before, with the same filters and sort. */
                cursor?: string;
                /** @description Field to sort by; a leading `-` turns the order round. */
                sort?: "createdAt" | "-createdAt" | "name" | "-name" | "cidr" | "-cidr";
                /** @description Exact name. */
                name?: string;
                /** @description Owner. */
                projectId?: string;
                /** @description `name:value`; can be given several times, all must match. */
                label?: string[];
                ipVersion?: 4 | 6;
                /** @description Only records that other projects may use, or only those they may not. */
                shared?: boolean;
                /** @description Subnets of this scope. */
                addressScopeId?: string;
                /** @description Subnets cut from this pool. */
                subnetPoolId?: string;
                /** @description Exactly this prefix. */
                cidr?: string;
                /** @description Subnets that this address lies in. */
                contains?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubnetUtilizationPage"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAddress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An IP address in any spelling. */
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is known. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressKnowledge"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAddressHistory: {
        parameters: {
            query?: {
                /** @description RFC 3339: only who held it at this moment. */
                at?: string;
            };
            header?: never;
            path: {
                /** @description An IP address in any spelling. */
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressHistory"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Events after this position; absent: all. */
                after?: string;
                /** @description Page size; default 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page, or an endless stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    exportPlan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    importPlan: {
        parameters: {
            query?: {
                /** @description Only say what would happen. Default false. */
                dryRun?: boolean;
                /** @description What an entry that contradicts what is stored does. Default refuse. */
                onConflict?: "refuse" | "skip";
            };
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Plan"];
            };
        };
        responses: {
            /** @description What was done, or would be. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanReport"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    check: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckReport"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAuditHead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The head. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditHead"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuditVerification"];
            };
        };
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditReport"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listTokens: {
        parameters: {
            query?: {
                /** @description Page size; default 100. */
                limit?: number;
                /** @description `nextCursor` of the page before, with the same filters and sort. */
                cursor?: string;
                /** @description Project that the tokens are for. */
                projectId?: string;
                /** @description Only tokens that were rotated from one another. */
                familyId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPage"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenInput"];
            };
        };
        responses: {
            /** @description The new token. */
            201: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the token. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token, without its text. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    revokeToken: {
        parameters: {
            query?: {
                /** @description Also all that were rotated from the same token. */
                family?: boolean;
            };
            header?: never;
            path: {
                /** @description Id of the token. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    rotateToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters. The same key with the same request gets the first answer again; with another it is refused (422). */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Id of the token. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The successor. */
            201: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Exposition text. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getOpenApiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
}
