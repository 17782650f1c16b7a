import { Table } from "./client/spelltable.js";
