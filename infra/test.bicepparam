using 'main.bicep'

param environment = 'test'
param plan = { kind: 'flexConsumption', memory: 4096, maximumInstances: 20 }
param eventHubs = [{ name: 'events', partitions: 4, retentionHours: 72 }]
